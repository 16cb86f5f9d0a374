// Saved agents and run directories, damaged by a seeded generator: bits, bytes, numbers, names, sizes and whole files, also with
// hashes that are right again, as somebody hostile would leave them.

import {
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join, relative } from "node:path";
import { RandomStream } from "../../src/random/index.ts";
import { forgeHeader, forgeManifest } from "../agent/forge.ts";

type Json = Record<string, unknown>;

/** Makes case `index` of the endless list out of a copy of `original`. @returns what was done, in words */
export function mutatedCopy(original: string, copy: string, index: number): string {
  rmSync(copy, { recursive: true, force: true });
  cpSync(original, copy, { recursive: true });
  const random = new RandomStream(index, "mutated directories");
  const done: string[] = [];
  for (let times = 1 + random.below(3); times > 0; times--) {
    const mutation = random.choice(MUTATIONS);
    try {
      done.push(`${mutation.name}: ${mutation(copy, random)}`);
    } catch {
      // What an earlier mutation has left cannot be changed in that way.
      done.push(`${mutation.name}: nothing left to change`);
    }
  }
  return done.join("; ");
}

/** Whether a copy is the original in all that means anything: JSON by its values, other files by their bytes. */
export function isSame(original: string, copy: string): boolean {
  const files = filesIn(original);
  return (
    filesIn(copy).length === files.length &&
    files.every((name) => {
      const [one, other] = [join(original, name), join(copy, name)];
      if (!existsSync(other)) return false;
      const [a, b] = [readFileSync(one), readFileSync(other)];
      if (a.equals(b)) return true;
      try {
        return (
          name.endsWith(".json") && JSON.stringify(JSON.parse(`${a}`)) === JSON.stringify(JSON.parse(`${b}`))
        );
      } catch {
        return false;
      }
    })
  );
}

const HOSTILE: readonly unknown[] = [
  0,
  -1,
  1,
  0.5,
  7,
  1e9,
  1e308,
  -1e308,
  2 ** 53,
  null,
  true,
  "",
  "8",
  "../../dev/zero",
  "/dev/zero",
  "__proto__",
  [],
  {},
  [[]],
  { length: 3 },
  [8],
  [8, 8, 8],
  Array.from({ length: 1000 }, () => 8),
  "x".repeat(100_000),
  "gymnasium:os:system",
  "./x.mjs",
];

const MUTATIONS: readonly ((directory: string, random: RandomStream) => string)[] = [
  function bits(directory, random) {
    const [name, bytes] = anyFile(directory, random);
    const flips = 1 + random.below(8);
    for (let i = 0; i < flips; i++) bytes[random.below(bytes.length)]! ^= 1 << random.below(8);
    writeFileSync(join(directory, name), bytes);
    return `${flips} in ${name}`;
  },
  function cut(directory, random) {
    const name = random.choice(filesIn(directory));
    const { size } = statSync(join(directory, name));
    truncateSync(join(directory, name), random.below(size + 1));
    return name;
  },
  function grown(directory, random) {
    const name = random.choice(filesIn(directory));
    truncateSync(join(directory, name), random.choice([2 ** 20, 2 ** 30, 20 * 2 ** 30]));
    return name;
  },
  function bytesReplaced(directory, random) {
    const [name, bytes] = anyFile(directory, random);
    const from = random.below(bytes.length);
    for (let i = from; i < Math.min(bytes.length, from + 1 + random.below(64)); i++)
      bytes[i] = random.below(256);
    writeFileSync(join(directory, name), bytes);
    return `${name} from ${from}`;
  },
  function fileGone(directory, random) {
    const name = random.choice(filesIn(directory));
    rmSync(join(directory, name));
    return name;
  },
  function filesExchanged(directory, random) {
    const [[one, a], [two, b]] = [anyFile(directory, random), anyFile(directory, random)];
    writeFileSync(join(directory, one), b);
    writeFileSync(join(directory, two), a);
    return `${one} and ${two}`;
  },
  function value(directory, random) {
    const name = jsonFile(directory, random);
    const content = JSON.parse(readFileSync(join(directory, name), "utf8"));
    const place = change(content, random);
    writeFileSync(join(directory, name), JSON.stringify(content));
    return `${place} of ${name}`;
  },
  function nested(directory, random) {
    const name = jsonFile(directory, random);
    const text = readFileSync(join(directory, name), "utf8");
    const values = [...text.matchAll(/: (?=[\d"[{])/g)];
    const at = random.choice(values).index + 2;
    const depth = random.choice([100, 10_000, 1_000_000]);
    writeFileSync(
      join(directory, name),
      `${text.slice(0, at)}${"[".repeat(depth)}${"]".repeat(depth)},${text.slice(at)}`,
    );
    return `${depth} deep in ${name}`;
  },
  // What follows never keeps the original's results: whether it is refused is all there is to see.
  function forgedValue(directory, random) {
    let place = "";
    forgeManifest(agentIn(directory, random), (manifest) => {
      place = change(manifest, random);
      return manifest;
    });
    return place;
  },
  function forgedHeader(directory, random) {
    let place = "";
    forgeHeader(agentIn(directory, random), (header) => {
      place = change(header, random);
      return header;
    });
    return place;
  },
];

/** Whether a mutation has made the hashes right again: such a directory is another agent, and may be taken as one. */
export const isForged = (done: string) => /\bforged\w+: (?!nothing)/.test(done);

/** Puts something hostile in the place of a value, takes it out, or doubles it under another name. @returns where */
function change(content: Json | unknown[], random: RandomStream): string {
  const places: [holder: Json, key: string, path: string][] = [];
  const visit = (holder: Json, path: string) => {
    for (const key of Object.keys(holder)) {
      places.push([holder, key, `${path}${key}`]);
      const inner = holder[key];
      if (typeof inner === "object" && inner !== null) visit(inner as Json, `${path}${key}.`);
    }
  };
  visit(content as Json, "");
  const [holder, key, path] = random.choice(places);
  const way = random.below(4);
  if (way === 0) delete holder[key];
  else if (way === 1) holder[`${key}2`] = holder[key];
  else if (way === 2 && typeof holder[key] === "number")
    holder[key] = holder[key] * random.choice([-1, 2, 10, 1e6, 0.5]);
  else holder[key] = random.choice(HOSTILE);
  return path;
}

function agentIn(directory: string, random: RandomStream): string {
  const agents = ["", "agent", "best"].filter((name) => existsSync(join(directory, name, "agent.json")));
  const agent = join(directory, random.choice(agents));
  if (!readdirSync(agent).every((name) => isSmall(join(agent, name))))
    throw new Error("too large to be read here");
  return agent;
}

function jsonFile(directory: string, random: RandomStream): string {
  return random.choice(
    filesIn(directory).filter((name) => name.endsWith(".json") && isSmall(join(directory, name))),
  );
}

function isSmall(path: string): boolean {
  return statSync(path).size < 2 ** 24;
}

function anyFile(directory: string, random: RandomStream): [name: string, bytes: Buffer] {
  const name = random.choice(filesIn(directory).filter((each) => isSmall(join(directory, each))));
  return [name, readFileSync(join(directory, name))];
}

function filesIn(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath ?? entry.path, entry.name)))
    .sort();
}
