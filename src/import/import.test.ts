// A SAC that real Stable-Baselines3 trained and saved (test/fixtures/import/make_sb3.py) acts here as there and learns on; and
// what a file may do to its reader.

import { readFileSync } from "node:fs";
import { zipSync } from "fflate";
import { afterAll, describe, expect, it } from "vitest";
import { Agent } from "../agent/agent.ts";
import { evaluate } from "../agent/evaluate.ts";
import { encodeSafetensors } from "../agent/safetensors.ts";
import { wasmEngine } from "../engines/wasm/index.ts";
import { guard, makeEnv, PointMass } from "../envs/index.ts";
import { policyOf, torchTensors } from "../export/index.ts";
import { RandomStream } from "../random/index.ts";
import { importStableBaselines3, importStateDict, readTorchArchive, unzipped } from "./index.ts";

const folder = new URL("../../test/fixtures/import/", import.meta.url);
const file = new Uint8Array(readFileSync(new URL("sb3_pendulum.zip", folder)));
const theirs: {
  observations: number[][];
  actions: number[];
  meanReturn: number;
  logEntCoef: number;
  nUpdates: number;
  entCoefMoments: [number, number];
} = JSON.parse(readFileSync(new URL("sb3_pendulum.json", folder), "utf8"));

const engine = await wasmEngine();
const made: Agent[] = [];
afterAll(() => Promise.all(made.map((agent) => agent.dispose())));

const env = () => guard(makeEnv("Pendulum-v1"));
async function agentOf(state = importStableBaselines3(file, "Pendulum-v1")): Promise<Agent> {
  const agent = await Agent.restore(env(), state, { engine });
  made.push(agent);
  return agent;
}

describe("a SAC of Stable-Baselines3", () => {
  it("acts within 1e-5 of its own predict(deterministic=True) on 1,000 observations", async () => {
    const agent = await agentOf();
    theirs.observations.forEach((observation, i) => {
      const [action] = agent.predict(observation, { deterministic: true });
      expect(Math.abs(action! - theirs.actions[i]!)).toBeLessThan(1e-5);
    });
  });

  it("brings its hyperparameters, counters, log α and α's moments", () => {
    const state = importStableBaselines3(file, "Pendulum-v1");
    expect(state).toMatchObject({
      seed: 1,
      steps: 10_000,
      actionBounds: { low: [-2], high: [2] },
      hyperparameters: { hidden: [64, 48], batchSize: 64, learningRate: 3e-4, gamma: 0.99, tau: 0.005 },
      temperature: { alpha: "auto", targetEntropy: -1, learningRate: 3e-4 },
    });
    const { updates, temperature } = state.learner;
    expect(updates).toBe(theirs.nUpdates);
    expect(temperature.logAlpha).toBeCloseTo(theirs.logEntCoef, 6);
    expect(0.1 * temperature.moment1).toBeCloseTo(theirs.entCoefMoments[0], 6);
    expect(0.001 * temperature.moment2).toBeCloseTo(theirs.entCoefMoments[1], 6);
    expect(temperature.betaPowers.beta2).toBeCloseTo(0.999 ** theirs.nUpdates, 12);
  });

  it("learns on without a drop: α, entropy and return go on where they were", async () => {
    const agent = await agentOf();
    const reports = [];
    for await (const report of agent.learn({ totalTimesteps: 2000, logEvery: 500 })) reports.push(report);
    expect(Math.abs(reports[0]!.logAlpha - theirs.logEntCoef)).toBeLessThan(0.3);
    expect(Math.abs(reports[0]!.entropyGap)).toBeLessThan(0.5);
    const { meanReturn } = await evaluate(agent, env(), { episodes: 10 });
    expect(meanReturn).toBeGreaterThan(theirs.meanReturn - 60);
  }, 60_000);

  it("of an environment with other sizes is refused", async () => {
    const state = importStableBaselines3(file, "x");
    await expect(Agent.restore(new PointMass(), state, { engine })).rejects.toMatchObject({
      code: "SNAPSHOT",
    });
  });
});

describe("an actor's weights alone", () => {
  it("from safetensors under torch's names act as the agent that they are of", async () => {
    const agent = await agentOf();
    const policy = policyOf(await agent.state({ replay: false }));
    const bytes = encodeSafetensors(torchTensors(policy));
    const again = await agentOf(await importStateDict(bytes, makeEnv("Pendulum-v1")));
    for (const observation of theirs.observations.slice(0, 50)) {
      expect(again.predict(observation, { deterministic: true })).toEqual(
        agent.predict(observation, { deterministic: true }),
      );
    }
  });

  it("of CleanRL's state_dict, μ and log σ apart, act; names that nobody knows are asked for", async () => {
    const state = importStableBaselines3(file, "Pendulum-v1");
    const layers = policyOf(state).layers.flatMap((layer) => (layer.kind === "dense" ? [layer] : []));
    const head = layers.at(-1)!;
    const units = head.weight.length / 2;
    const part = (i: number) => ({
      weight: { shape: [1, units], values: head.weight.slice(i * units, (i + 1) * units) },
      bias: { shape: [1], values: head.bias.slice(i, i + 1) },
    });
    const named = (names: readonly string[]) => {
      const tensors = new Map<string, { shape: readonly number[]; values: Float32Array }>();
      layers.slice(0, -1).forEach(({ weight, bias }, i) => {
        tensors.set(`${names[i]}.weight`, {
          shape: [bias.length, weight.length / bias.length],
          values: weight,
        });
        tensors.set(`${names[i]}.bias`, { shape: [bias.length], values: bias });
      });
      [0, 1].forEach((i) => {
        tensors.set(`${names[2 + i]}.weight`, part(i).weight);
        tensors.set(`${names[2 + i]}.bias`, part(i).bias);
      });
      return encodeSafetensors(tensors);
    };
    const expected = (await agentOf()).predict([1, 0, 0.5], { deterministic: true });
    const cleanrl = await agentOf(
      await importStateDict(named(["actor.fc1", "actor.fc2", "actor.fc_mean", "actor.fc_logstd"]), env()),
    );
    expect(cleanrl.predict([1, 0, 0.5], { deterministic: true })).toEqual(expected);
    const odd = named(["a", "b", "m", "s"]);
    await expect(importStateDict(odd, env())).rejects.toMatchObject({ code: "IMPORT" });
    const told = await agentOf(await importStateDict(odd, env(), { hidden: ["a", "b"], head: ["m", "s"] }));
    expect(told.predict([1, 0, 0.5], { deterministic: true })).toEqual(expected);
  });
});

describe("a file", () => {
  const pickled = (...parts: (string | number[])[]) =>
    zipSync({
      "archive/data.pkl": Uint8Array.from(
        parts.flatMap((part) => (typeof part === "string" ? [...new TextEncoder().encode(part)] : part)),
      ),
    });

  it("that wants to call something is refused by name, and nothing is called", () => {
    for (const name of ["posix\nsystem", "builtins\neval", "torch\nload", "collections\nOrderedDict\nx"]) {
      const [module, called] = name.split("\n");
      const bytes = pickled([0x80, 2], `c${module}\n${called}\n`, "X", [4, 0, 0, 0], "echo", [0x85], "R.");
      expect(() => readTorchArchive(bytes)).toThrow(`wants to call ${module}.${called}`);
    }
  });

  it("damaged in 2,000 ways is read or refused, never a crash of another kind, never slow", () => {
    const inner = unzipped(file);
    const random = new RandomStream(3, "damage");
    for (let i = 0; i < 2000; i++) {
      const name = random.choice(["policy.pth", "data", "ent_coef_optimizer.pth", "actor.optimizer.pth"]);
      const archive = name === "data" ? undefined : unzipped(inner[name]!);
      const content = (archive ? archive["archive/data.pkl"]! : inner[name]!).slice();
      const flips = 1 + random.below(6);
      for (let k = 0; k < flips; k++) content[random.below(content.length)] = random.below(256);
      const cut = random.below(5) === 0 ? content.slice(0, random.below(content.length)) : content;
      const changed = archive ? zipSync({ ...archive, "archive/data.pkl": cut }, { level: 0 }) : cut;
      const began = performance.now();
      try {
        importStableBaselines3(zipSync({ ...inner, [name]: changed }, { level: 0 }), "x");
      } catch (error) {
        const { code, name: kind } = error as Error & { code?: string };
        expect(code ?? kind).toMatch(/^(IMPORT|PICKLE|TORCH_ARCHIVE|HYPERPARAMETER)$/);
      }
      expect(performance.now() - began).toBeLessThan(1000);
    }
  }, 120_000);

  it("that is no zip, or one of something else, is named", () => {
    expect(() => importStableBaselines3(new Uint8Array(100), "x")).toThrow("Expected a zip");
    expect(() => importStableBaselines3(zipSync({ "a.txt": new Uint8Array(3) }), "x")).toThrow(
      "Expected a SAC saved by Stable-Baselines3, got a zip with a.txt",
    );
  });
});
