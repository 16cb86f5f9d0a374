// A saved agent may be damaged, or made by somebody who means harm: it is refused by name, at once, before memory is taken
// or anything is built. Only what is what was saved is ever loaded.

import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { forgeHeader, forgeManifest, forgeWeights } from "../../test/agent/forge.ts";
import { wasmEngine } from "../engines/wasm/index.ts";
import { makeEnv } from "../envs/index.ts";
import { readAgentState } from "./agent-files.node.ts";
import { SAC } from "./sac.ts";

const engine = await wasmEngine();
let scratch: string;
let original: string;
let directory: string;
let count = 0;
beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), "tempered-hostile-"));
  original = join(scratch, "original");
  await using agent = await SAC.create(makeEnv("Pendulum-v1"), {
    engine,
    hidden: [8, 8],
    batchSize: 4,
    learningStarts: 5,
    normalizeObservation: true,
  });
  for await (const _ of agent.learn({ totalTimesteps: 12 }));
  await agent.save(original);
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
beforeEach(() => {
  directory = join(scratch, `agent-${count++}`);
  cpSync(original, directory, { recursive: true });
});

const load = () => SAC.load(directory, { engine });
const weightsFile = () =>
  join(directory, readdirSync(directory).find((name) => name.endsWith(".safetensors"))!);

async function refused(message: RegExp): Promise<void> {
  const before = performance.now();
  await expect(load()).rejects.toMatchObject({
    code: expect.stringMatching(/^(NO_AGENT|SNAPSHOT|SAFETENSORS|TEMPERATURE)$/),
    message: expect.stringMatching(message),
  });
  expect(performance.now() - before).toBeLessThan(5000);
}

it("the original is loaded, and so is what differs from it in spelling alone", async () => {
  await (await load()).dispose();
  const path = join(directory, "agent.json");
  writeFileSync(path, JSON.stringify(JSON.parse(readFileSync(path, "utf8"))));
  await (await load()).dispose();
});

describe("bits that flipped", () => {
  it.each(["agent.json", "weights"])("in %s are noticed, wherever they are", async (file) => {
    const path = file === "weights" ? weightsFile() : join(directory, file);
    const whole = readFileSync(path);
    for (let at = 3; at < whole.length; at += Math.ceil(whole.length / 40)) {
      const flipped = Buffer.from(whole);
      flipped[at]! ^= 1 << (at % 8);
      writeFileSync(path, flipped);
      // Space, line end and tab between two values are one: such a flip changes nothing.
      let isSame = false;
      try {
        isSame = JSON.stringify(JSON.parse(`${flipped}`)) === JSON.stringify(JSON.parse(`${whole}`));
      } catch {}
      if (!isSame) await refused(/agent-\d+/);
    }
  });
});

describe("a manifest that says", () => {
  const hyper = (change: object) => (manifest: Record<string, unknown>) => ({
    ...manifest,
    hyperparameters: { ...(manifest.hyperparameters as object), ...change },
  });
  const layers = Array.from({ length: 1000 }, () => 8);
  it.each<[string, (manifest: Record<string, unknown>) => object, RegExp]>([
    [
      "batchSize 1e9",
      hyper({ batchSize: 1e9 }),
      /batchSize to be an integer from 1 to 65536, got 1000000000/,
    ],
    ["a thousand layers", hyper({ hidden: layers }), /hidden to be layer widths such as 256,256 \(up to 32/],
    ["layers of 1e9 units", hyper({ hidden: [1e9] }), /hidden to be layer widths such as 256,256 \(up to 32/],
    ["hidden as an object", hyper({ hidden: { length: 2 } }), /hidden to be .* got an object/],
    [
      "more layers than there are weights of",
      hyper({ hidden: [8, 8, 8] }),
      /Expected tensor "actor\.2\.weight"/,
    ],
    [
      "weights from /dev",
      (m) => ({ ...m, weights: "../../../../dev/zero" }),
      /weights: expected the name of a file/,
    ],
    [
      "weights elsewhere",
      (m) => ({ ...m, weights: `../original/${m.weights}` }),
      /weights: expected the name/,
    ],
    ["another number of observations", (m) => ({ ...m, observationSize: 1e6 }), /observationStatistics/],
    ["absurdly many actions", (m) => ({ ...m, actionSize: 1e12 }), /actionSize/],
    ["no statistics", ({ observationStatistics: _, ...m }) => m, /observationStatistics/],
    [
      "log α as text",
      (m) => ({ ...m, temperatureState: { ...(m.temperatureState as object), logAlpha: "0" } }),
      /logAlpha/,
    ],
    [
      "log α as null",
      (m) => ({ ...m, temperatureState: { ...(m.temperatureState as object), logAlpha: null } }),
      /log α/,
    ],
    [
      "a random stream named constructor",
      (m) => ({ ...m, random: [{ seed: -1, role: "constructor", position: 0 }] }),
      /random/,
    ],
    [
      "a target that no policy reaches",
      (m) => ({ ...m, temperature: { alpha: "auto", targetEntropy: 1e9 } }),
      /target entropy/,
    ],
    ["something unknown", (m) => ({ ...m, execute: "x" }), /execute/],
  ])("%s is refused", async (_, change, message) => {
    forgeManifest(directory, change as (manifest: Record<string, unknown>) => Record<string, unknown>);
    await refused(message);
  });

  it("arrays within arrays without end is refused", async () => {
    const deep = `${"[".repeat(200_000)}${"]".repeat(200_000)}`;
    const text = readFileSync(join(directory, "agent.json"), "utf8");
    writeFileSync(join(directory, "agent.json"), text.replace('"hidden": [', `"deep": ${deep}, "hidden": [`));
    await refused(/agent\.json is nested more than 100 deep/);
  });
});

describe("weights", () => {
  type Entry = { dtype: string; shape: number[]; data_offsets: [number, number] };
  const entry = (header: Record<string, unknown>, name: string) => header[name] as Entry;
  it("that are transposed are refused", async () => {
    forgeHeader(directory, (header) => {
      entry(header, "actor.0.weight").shape.reverse();
      return header;
    });
    await refused(/tensor "actor\.0\.weight" of shape \[8, 3\] in the saved agent, got \[3, 8\]/);
  });

  it("that lie in one another's place are refused", async () => {
    forgeHeader(directory, (header) => {
      entry(header, "target1.1.weight").data_offsets = entry(header, "target2.1.weight").data_offsets;
      return header;
    });
    await refused(/tensors that overlap or leave a gap/);
  });

  it("that change places are other weights, under a name of their own, and not the original's", async () => {
    const before = weightsFile();
    forgeHeader(directory, (header) => {
      const [one, two] = [entry(header, "critic1.1.weight"), entry(header, "critic2.1.weight")];
      [one.data_offsets, two.data_offsets] = [two.data_offsets, one.data_offsets];
      return header;
    });
    expect(weightsFile()).not.toBe(before);
    renameSync(weightsFile(), before);
    const name = before.slice(before.lastIndexOf("/") + 1);
    forgeManifest(directory, (manifest) => ({ ...manifest, weights: name }));
    await refused(/another hash/);
  });

  it("that are named twice, or unknown, are refused", async () => {
    forgeHeader(directory, (header) => {
      const text = JSON.stringify(header);
      return `{"actor.0.bias":${JSON.stringify(header["actor.0.bias"])},${text.slice(1)}`;
    });
    await refused(/named twice/);
    cpSync(original, directory, { recursive: true });
    forgeHeader(directory, ({ "actor.0.bias": bias, ...header }) => ({ ...header, other: bias }));
    await refused(/tensor "actor\.0\.bias" of shape \[8\] in the saved agent, got none/);
  });

  it.each([Number.NaN, Infinity])(
    "with a %s are refused, and are not the environment's fault",
    async (value) => {
      forgeWeights(directory, (bytes) => {
        bytes.writeFloatLE(value, 8 + Number(bytes.readBigUInt64LE(0)));
        return bytes;
      });
      await refused(/tensor "actor\.0\.weight" of finite numbers in the saved agent/);
    },
  );

  it("of ten gigabytes are not read", async () => {
    truncateSync(weightsFile(), 10 * 2 ** 30);
    await refused(/has 10737418240 bytes, where at most/);
  });

  it.skipIf(process.platform === "win32").each(["agent.json", "weights"])(
    "or a manifest that are a pipe (%s)",
    async (which) => {
      const path = which === "weights" ? weightsFile() : join(directory, which);
      rmSync(path);
      execFileSync("mkfifo", [path]);
      await refused(/is no plain file/);
    },
  );
});

describe("saving", () => {
  it("of two processes into one directory, and loading there meanwhile, never fails or mixes them", async () => {
    const script = fileURLToPath(new URL("../../test/agent/save-often.ts", import.meta.url));
    const savers = [1, 2].map((seed) => {
      const args = ["--import", import.meta.resolve("tsx"), script, directory, `${seed}`, "60"];
      const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "inherit"] });
      return once(child, "close").then(([code]) => code);
    });
    let over = false;
    const codes = Promise.all(savers).finally(() => {
      over = true;
    });
    const seeds = new Set<number>();
    let loads = 0;
    while (!over) {
      const { seed, learner } = readAgentState(directory);
      // Each saves weights that are its seed alone.
      if (seed > 0) expect(learner.tensors.get("actor.0.bias")!.values[0]).toBe(seed);
      seeds.add(seed);
      loads++;
      await new Promise((resume) => setImmediate(resume));
    }
    expect(await codes).toEqual([0, 0]);
    expect(seeds).toContain(1);
    expect(seeds).toContain(2);
    expect(loads).toBeGreaterThan(60);
    expect(readdirSync(directory).filter((name) => name.endsWith(".tmp"))).toEqual([]);
    await (await load()).dispose();
  });

  it("weights that are not finite is refused, and leaves what was saved before", async () => {
    await using agent = await load();
    const before = readFileSync(join(directory, "agent.json"), "utf8");
    const [name] = agent.learner.networks.actor.blocks.map((block) => block.name);
    const weights = (await agent.learner.program.readState(name!)).slice();
    await agent.learner.program.writeState(name!, weights.fill(Number.NaN));
    await expect(agent.save(directory)).rejects.toMatchObject({ code: "SNAPSHOT" });
    expect(readFileSync(join(directory, "agent.json"), "utf8")).toBe(before);
    expect(existsSync(weightsFile())).toBe(true);
  });
});
