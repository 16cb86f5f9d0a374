// Items 8 to 14: what saved agents, run directories, environments and logs may say without being believed.

import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { forgeHeader, forgeManifest, forgeWeights } from "../agent/forge.ts";
import { type Checkout, type Ended, endAll, ended } from "./checkout.ts";
import { fallen, type Probe, unsaid, world } from "./probe.ts";

/** A run's directory under a new name, of a run that this checkout has made. */
async function copyOf(checkout: Checkout, name: string): Promise<string> {
  const original = join(checkout.shared, "original");
  if (!existsSync(original)) {
    await checkout.shell(`$TEMPERED train Pendulum-v1 --steps 120 --run ${original} $TINY --quiet`);
  }
  const copy = join(checkout.scratch, name);
  cpSync(original, copy, { recursive: true });
  return copy;
}

const evaluate = (checkout: Checkout, name: string, more = ""): Promise<Ended> =>
  checkout.shell(`$TEMPERED eval ${name} --episodes 1 --json ${more}`, { seconds: 10 });

/** An agent that was changed is refused in a line that names its file. */
function refused(name: string, change: (agent: string) => void, words = /agent/): Probe["try"] {
  return async (checkout) => {
    change(join(await copyOf(checkout, name), "agent"));
    const run = await evaluate(checkout, name);
    if (run.code === 0) return "it is believed";
    const internal = /a bug\?/.test(run.stderr) ? "it speaks of a bug" : undefined;
    return fallen(run) ?? internal ?? unsaid(run, 2, words);
  };
}

const weightsOf = (agent: string) =>
  join(agent, readdirSync(agent).find((name) => name.endsWith(".safetensors"))!);
type Entry = { shape: number[]; data_offsets: [number, number] };
const hyper = (change: object) => (agent: string) =>
  forgeManifest(agent, (manifest) => ({
    ...manifest,
    hyperparameters: { ...(manifest.hyperparameters as object), ...change },
  }));

/** Answers of an environment that are no answers; each is to end learning. */
const ANSWERS = [
  "reward: [1]",
  "reward: null",
  'reward: "5"',
  "reward: true",
  "reward: undefined",
  'terminated: "false"',
  'observation: ["1", "2", "3"]',
  "observation: [[1], [2], [3]]",
];

export const fileProbes: readonly Probe[] = [
  {
    item: 8,
    what: "single bits flipped in the weights",
    async try(checkout) {
      const agent = join(await copyOf(checkout, "flipped"), "agent");
      const whole = readFileSync(weightsOf(agent));
      const script = `import { SAC } from "tempered";
        import { readFileSync, writeFileSync } from "node:fs";
        const path = ${JSON.stringify(weightsOf(agent))};
        const whole = readFileSync(path);
        let accepted = 0;
        for (let k = 1; k <= 40; k++) {
          const flipped = Buffer.from(whole);
          flipped[whole.length - 16 * k] ^= 1 << (k % 8);
          writeFileSync(path, flipped);
          try { await (await SAC.load(${JSON.stringify(agent)}, { engine: "wasm" })).dispose(); accepted++; } catch {}
        }
        console.log(accepted);
        process.exit();`;
      const { stdout, stderr } = await checkout.script(script);
      writeFileSync(weightsOf(agent), whole);
      return stdout.trim() === "0"
        ? undefined
        : `${stdout.trim() || stderr.trim().slice(0, 90)} of 40 are believed`;
    },
  },
  {
    item: 8,
    what: "a transposed tensor",
    try: refused("transposed", (agent) =>
      forgeHeader(agent, (header) => {
        (header["actor.0.weight"] as unknown as Entry).shape.reverse();
        return header;
      }),
    ),
  },
  {
    item: 8,
    what: "tensors in one another's place",
    try: refused("aliased", (agent) =>
      forgeHeader(agent, (header) => {
        const at = (name: string) => header[name] as unknown as Entry;
        at("target1.0.weight").data_offsets = at("target2.0.weight").data_offsets;
        return header;
      }),
    ),
  },
  {
    item: 8,
    what: "weights that are NaN",
    try: refused(
      "nan",
      (agent) =>
        forgeWeights(agent, (bytes) => {
          bytes.writeFloatLE(Number.NaN, 8 + Number(bytes.readBigUInt64LE(0)));
          return bytes;
        }),
      /actor\.0\.weight/,
    ),
  },
  {
    item: 9,
    what: "weights from /dev/zero",
    try: refused("zero", (agent) =>
      forgeManifest(agent, (manifest) => ({ ...manifest, weights: `${"../".repeat(20)}dev/zero` })),
    ),
  },
  {
    item: 9,
    what: "a FIFO for weights",
    try: refused("fifo", (agent) => {
      const path = weightsOf(agent);
      rmSync(path);
      execFileSync("mkfifo", [path]);
    }),
  },
  { item: 9, what: "batchSize 1e9", try: refused("huge", hyper({ batchSize: 1e9 }), /batchSize/) },
  {
    item: 9,
    what: "a thousand hidden layers",
    try: refused("layers", hyper({ hidden: Array.from({ length: 1000 }, () => 8) }), /hidden/),
  },
  {
    item: 9,
    what: "a damaged manifest, in no words of ours",
    try: refused("nothing", (agent) =>
      forgeManifest(agent, (manifest) => ({ ...manifest, hyperparameters: null, random: 7 })),
    ),
  },
  {
    item: 10,
    what: "files of others beside a saved agent",
    async try(checkout) {
      const name = "weights-001.safetensors";
      mkdirSync(join(checkout.scratch, "elsewhere"));
      writeFileSync(join(checkout.scratch, "elsewhere", name), "somebody's own");
      await checkout.script(`import { SAC } from "tempered";
        import { symlinkSync } from "node:fs";
        symlinkSync("elsewhere", "linked");
        const agent = await SAC.create(${world()}, { engine: "wasm", hidden: [8] });
        for (let i = 0; i < 2; i++) await agent.save("linked");
        process.exit();`);
      if (!existsSync(join(checkout.scratch, "elsewhere/agent.json"))) return "nothing was saved";
      return existsSync(join(checkout.scratch, "elsewhere", name))
        ? undefined
        : "somebody's weights are removed";
    },
  },
  {
    item: 11,
    what: "eval of a run that names a module",
    async try(checkout) {
      const run = await copyOf(checkout, "theirs");
      const module = join(checkout.scratch, "theirs.mjs");
      const mark = join(checkout.scratch, "was-run");
      writeFileSync(
        module,
        `import { writeFileSync } from "node:fs"; writeFileSync(${JSON.stringify(mark)}, "");`,
      );
      const path = join(run, "run.json");
      writeFileSync(path, readFileSync(path, "utf8").replaceAll('"Pendulum-v1"', JSON.stringify(module)));
      forgeManifest(join(run, "agent"), (manifest) => ({ ...manifest, env: module }));
      const end = await evaluate(checkout, "theirs");
      return existsSync(mark) ? "its code was run" : unsaid(end, 2, /--env/);
    },
  },
  {
    item: 12,
    what: `answers of the wrong type (${ANSWERS.length})`,
    async try(checkout) {
      const passed: string[] = [];
      for (const answer of ANSWERS) {
        const { stdout } = await checkout.script(`import { SAC } from "tempered";
          const agent = await SAC.create(${world(answer)}, { engine: "wasm", hidden: [8], batchSize: 8, learningStarts: 20 });
          for await (const _ of agent.learn({ totalTimesteps: 60 }));
          console.log("learned");
          process.exit();`);
        if (stdout.includes("learned")) passed.push(answer);
      }
      return passed.length === 0 ? undefined : `learned from ${passed.join(", ")}`;
    },
  },
  {
    item: 13,
    what: "a table whose header holds = and :",
    async try(checkout) {
      const headers = [
        [
          '"Step","lr=3e-4 - losses/alpha","lr=3e-4 - losses/alpha_loss"',
          (i: number) => `"${i}","${1 / i}","0.1"`,
        ],
        ["step,alpha,return@k=5", (i: number) => `${i},${1 / i},${-i}`],
        ["step,alpha,note: x", (i: number) => `${i},${1 / i},${-i}`],
      ] as const;
      const counts: number[] = [];
      for (const [k, [header, row]] of headers.entries()) {
        const rows = Array.from({ length: 100 }, (_, i) => row(i + 1));
        writeFileSync(join(checkout.scratch, `wandb-${k}.csv`), `${[header, ...rows].join("\n")}\n`);
        const { stdout } = await checkout.shell(`$TEMPERED doctor wandb-${k}.csv --json`);
        counts.push(1 + Number(/"updates": ?(\d+)/.exec(stdout)?.[1] ?? -1));
      }
      return counts.every((count) => count === 100) ? undefined : `rows read: ${counts.join(", ")} of 100`;
    },
  },
  {
    item: 14,
    what: "no best agent, of a run with --eval-every",
    async try(checkout) {
      // As a kill before the first evaluation leaves it.
      const args = "--steps 60 --run early --eval-every 50 $TINY --quiet";
      await checkout.shell(`$TEMPERED train Pendulum-v1 ${args}`);
      rmSync(join(checkout.scratch, "early/best"), { recursive: true, force: true });
      const run = await evaluate(checkout, "early", "--which best");
      return (
        fallen(run) ??
        (/was trained without --eval-every/.test(run.stderr)
          ? "it blames --eval-every"
          : unsaid(run, 2, /best/))
      );
    },
  },
  {
    item: 14,
    what: "a reward that is NaN",
    async try(checkout) {
      const env = checkout.environment("nan.mjs", { step: "return { ...answer(), reward: NaN };" });
      const run = await checkout.shell(`$TEMPERED train ${env} --steps 200 --run nan-reward $TINY`);
      return /observation|bounds/.test(run.stderr.split("; ").at(-1)!)
        ? "it speaks of observations"
        : unsaid(run, 1, /reward/);
    },
  },
  {
    item: 14,
    what: "--seed beyond 2^53",
    async try(checkout) {
      const run = await checkout.shell(
        "$TEMPERED train Pendulum-v1 --seed 9007199254740993 --steps 50 --run seed $TINY",
      );
      return unsaid(run, 2, /9007199254740991|9,007,199,254,740,991|2\^53|2⁵³/);
    },
  },
  {
    item: 14,
    what: "the dashboard's token from the environment",
    async try(checkout) {
      mkdirSync(join(checkout.scratch, "served"));
      const child = checkout.start("exec $TEMPERED watch served --port 0", {
        env: { TEMPERED_TOKEN: "correct-horse" },
      });
      const end = ended(child, 30);
      const address = /http:\/\/\S+/.exec(`${(await once(child.stdout!, "data"))[0]}`)?.[0] ?? "";
      const { status } = await fetch(new URL("/", address));
      endAll(child);
      await end;
      return status === 401 ? undefined : `a request without it is answered ${status}`;
    },
  },
  {
    item: 14,
    what: "licence texts of what is bundled",
    async try({ path }) {
      const without = ["lab", "web/watch"].filter((page) => {
        const folder = join(path, "dist", page);
        return !existsSync(folder) || !readdirSync(folder).some((name) => /licen/i.test(name));
      });
      return without.length === 0 ? undefined : `none beside ${without.join(", ")}`;
    },
  },
];
