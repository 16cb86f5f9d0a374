// Broken logs by the thousand: real and hand-written ones, each mutated in one to four ways by a seeded generator, and
// some that are hostile from the start.

import { readFileSync } from "node:fs";
import { gzipSync } from "fflate";

const sample = (name: string) => readFileSync(new URL(`../fixtures/samples/${name}`, import.meta.url));
const bytes = (text: string) => new TextEncoder().encode(text);

export interface FuzzCase {
  readonly name: string;
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** Case `index` of the endless list; the same index always gives the same bytes. */
export function fuzzCase(index: number): FuzzCase {
  const random = generator(index);
  const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)]!;
  if (random() < 0.15) {
    const [name, make] = pick(HOSTILE);
    return { name, path: "hostile.log", bytes: make(random) };
  }
  const seed = pick(SEEDS);
  let data: Uint8Array = Uint8Array.from(seed.bytes);
  const names: string[] = [];
  for (let times = 1 + Math.floor(random() * 4); times > 0; times--) {
    const [name, mutate] = pick(MUTATIONS);
    names.push(name);
    data = mutate(data, random);
  }
  return { name: `${seed.name}: ${names.join(", ")}`, path: seed.name, bytes: data };
}

type Random = () => number;

const rows = Array.from({ length: 60 }, (_, i) => ({
  step: i * 100,
  alpha: 0.99 ** i,
  alpha_loss: -i,
  note: "x",
}));
const csv = `step,alpha,alpha_loss,note\n${rows.map((row) => Object.values(row).join(",")).join("\n")}\n`;
const jsonl = rows.map((row) => `${JSON.stringify(row)}\n`).join("");
const printed = rows.map((row) => `Step ${row.step} | Alpha: ${row.alpha} | Return: -10\n`).join("");
const boxed = rows
  .map((r) => `| train/ | |\n|  ent_coef | ${r.alpha} |\n|  n_updates | ${r.step} |\n---\n`)
  .join("");

const SEEDS: readonly Omit<FuzzCase, "path">[] = [
  { name: "sb3.tfevents", bytes: sample("sb3_pendulum.tfevents") },
  { name: "cleanrl.tfevents", bytes: sample("cleanrl_pendulum.tfevents") },
  { name: "sb3.csv", bytes: sample("sb3_pendulum.csv") },
  { name: "mine.csv", bytes: bytes(csv) },
  { name: "progress.json", bytes: bytes(jsonl) },
  { name: "rows.json", bytes: bytes(JSON.stringify(rows)) },
  { name: "log.txt", bytes: bytes(boxed) },
  { name: "printed", bytes: bytes(printed) },
  { name: "temp.csv", bytes: bytes(rows.map((row, i) => `${i},${row.step},${row.alpha}\n`).join("")) },
  { name: "sb3.csv.gz", bytes: gzipSync(sample("sb3_pendulum.csv")) },
  { name: "sb3.tfevents.gz", bytes: gzipSync(sample("sb3_pendulum.tfevents")) },
];

const MUTATIONS: readonly (readonly [string, (data: Uint8Array, random: Random) => Uint8Array])[] = [
  ["truncated", (data, random) => data.subarray(0, Math.floor(random() * data.length))],
  ["head lost", (data, random) => data.subarray(Math.floor(random() * Math.min(data.length, 200)))],
  [
    "bits flipped",
    (data, random) => {
      for (let i = 1 + Math.floor(random() * 20); i > 0 && data.length > 0; i--) {
        data[Math.floor(random() * data.length)]! ^= 1 << Math.floor(random() * 8);
      }
      return data;
    },
  ],
  [
    "bytes replaced",
    (data, random) => {
      const from = Math.floor(random() * data.length);
      const to = Math.min(data.length, from + Math.floor(random() * 200));
      for (let i = from; i < to; i++) data[i] = Math.floor(random() * 256);
      return data;
    },
  ],
  ["garbage inserted", (data, random) => splice(data, random, garbage(random, Math.floor(random() * 500)))],
  [
    "hole",
    (data, random) => {
      const from = Math.floor(random() * data.length);
      return Buffer.concat([data.subarray(0, from), data.subarray(from + Math.floor(random() * 300))]);
    },
  ],
  [
    "part doubled",
    (data, random) => {
      const from = Math.floor(random() * data.length);
      return splice(data, random, data.subarray(from, from + Math.floor(random() * 2000)));
    },
  ],
  [
    "syntax inserted",
    (data, random) => {
      const syntax = [
        '"',
        "\n",
        ",",
        "{",
        "[",
        "}",
        "NaN",
        "1e999",
        "\u0000",
        "\r",
        ";",
        "\t",
        "|",
        "\ufeff",
        "-0",
        "__proto__",
      ];
      let mutated = data;
      for (let i = 0; i < 5; i++)
        mutated = splice(mutated, random, bytes(syntax[Math.floor(random() * syntax.length)]!));
      return mutated;
    },
  ],
  [
    "huge line",
    (data, random) =>
      splice(data, random, new Uint8Array(200_000 + random() * 200_000).fill(48 + random() * 60)),
  ],
  ["compressed", (data) => gzipSync(data, { level: 1 })],
];

const HOSTILE: readonly (readonly [string, (random: Random) => Uint8Array])[] = [
  ["garbage", (random) => garbage(random, Math.floor(random() * 5000))],
  ["deep JSON", (random) => bytes(`${'{"alpha":'.repeat(20_000 * random())}1`)],
  ["deep JSON list", (random) => bytes("[".repeat(50_000 * random()))],
  ["quotes", (random) => bytes(`step,alpha\n${'"'.repeat(50_000 * random())}\n`)],
  ["open quotes", (random) => bytes(`step,alpha\n${'1,"a\n'.repeat(3000 * random())}`)],
  ["wide CSV", (random) => bytes(`alpha${",x".repeat(20_000 * random())}\n${"1,".repeat(20_000)}\n`)],
  [
    "many α columns",
    (random) =>
      bytes(`${Array.from({ length: 3000 * random() }, (_, i) => `run${i} - alpha`).join(",")}\n1,2,3\n`),
  ],
  ["odd names", () => bytes('{"__proto__": 1, "constructor": 2, "alpha": 3}\n{"toString": 1, "alpha": 4}\n')],
  ["spaces", (random) => bytes(`alpha${" ".repeat(100_000 * random())}:${" ".repeat(100_000)}x`)],
  ["words", (random) => bytes("alpha ".repeat(20_000 * random()))],
  ["equal signs", (random) => bytes("alpha=".repeat(20_000 * random()))],
  ["steps of no size", () => bytes("step,alpha\nInfinity,1\n-Infinity,2\nNaN,3\n1e308,4\n-1e308,5\n")],
  ["gzip bomb", () => BOMB],
];
const BOMB = gzipSync(new Uint8Array(8 * 2 ** 20).fill(32), { level: 9 });

function splice(data: Uint8Array, random: Random, insert: Uint8Array): Uint8Array {
  const at = Math.floor(random() * data.length);
  return Buffer.concat([data.subarray(0, at), insert, data.subarray(at)]);
}

function garbage(random: Random, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => random() * 256);
}

/** A small generator with a full period (Marsaglia's xorshift32), enough for choosing places. */
function generator(seed: number): Random {
  let state = (seed + 1) * 0x9e3779b1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
