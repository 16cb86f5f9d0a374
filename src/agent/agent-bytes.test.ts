// An agent as bytes: what comes back is what went in, to the bit, and nothing else ever comes back.

import { describe, expect, it } from "vitest";
import { wasmEngine } from "../engines/wasm/index.ts";
import { makeEnv } from "../envs/index.ts";
import { TemperedError } from "../errors.ts";
import { sha256 } from "../files/sha256.ts";
import type { Agent } from "./agent.ts";
import { decodeAgent } from "./agent-bytes.ts";
import { SAC } from "./sac.ts";
import { decodeSafetensors } from "./safetensors.ts";

const engine = await wasmEngine();

async function learned(steps = 30): Promise<Agent> {
  const agent = await SAC.create(makeEnv("Pendulum-v1"), {
    engine,
    seed: 3,
    hidden: [8, 8],
    batchSize: 4,
    learningStarts: 5,
    normalizeObservation: true,
  });
  for await (const _ of agent.learn({ totalTimesteps: steps }));
  return agent;
}

describe("an agent as bytes", () => {
  it("is a safetensors file of its weights, and comes back as it was", async () => {
    await using agent = await learned();
    const bytes = await agent.toBytes();
    const { replay: _, progress: __, collector: ___, ...state } = await agent.state();
    expect(decodeSafetensors(bytes)).toEqual(state.learner.tensors);
    await using back = await SAC.fromBytes(bytes, { engine });
    expect(await back.state()).toMatchObject(state);
    expect(back.predict([1, 0, 0.5], { deterministic: true })).toEqual(
      agent.predict([1, 0, 0.5], { deterministic: true }),
    );
    expect(await back.toBytes()).toEqual(bytes);
  });

  it("comes back from an ArrayBuffer, and from a part of a larger one", async () => {
    await using agent = await learned();
    const bytes = await agent.toBytes();
    expect(decodeAgent(bytes.buffer)).toEqual(decodeAgent(bytes));
    const within = Buffer.concat([Buffer.from("abc"), bytes, Buffer.from("d")]).subarray(3, -1);
    expect(decodeAgent(within)).toEqual(decodeAgent(bytes));
  });

  it("learns on to the bit where the replay buffer is among them", async () => {
    await using agent = await learned();
    await using back = await SAC.fromBytes(await agent.toBytes({ replay: true }), { engine });
    expect(await back.state()).toEqual(await agent.state());
    for (const one of [agent, back]) for await (const _ of one.learn({ totalTimesteps: 40 }));
    expect(await back.state()).toEqual(await agent.state());
  });

  it("keeps an α that is fixed at 0, whose logarithm JSON has no word for", async () => {
    await using agent = await SAC.create(makeEnv("Pendulum-v1"), {
      engine,
      hidden: [8],
      temperature: { alpha: 0 },
    });
    await using back = await SAC.fromBytes(await agent.toBytes(), { engine });
    expect((await back.state()).learner.temperature).toEqual((await agent.state()).learner.temperature);
  });

  it("is not made of weights that are no numbers", async () => {
    await using agent = await learned(6);
    const [block] = agent.learner.networks.actor.blocks;
    const weights = (await agent.learner.program.readState(block!.name)).slice();
    await agent.learner.program.writeState(block!.name, weights.fill(Number.NaN));
    await expect(agent.toBytes()).rejects.toMatchObject({ code: "SNAPSHOT" });
  });
});

const codes = /^(NO_AGENT|SNAPSHOT|SAFETENSORS|PLAIN_DATA|TEMPERATURE)$/;

describe("what is refused", () => {
  it.each([
    ["nothing", new Uint8Array(0)],
    ["a text", new TextEncoder().encode("<!doctype html> not found ".repeat(20))],
    ["zeros", new Uint8Array(5000)],
  ])("%s", async (_, bytes) => {
    await expect(SAC.fromBytes(bytes, { engine })).rejects.toMatchObject({
      code: "NO_AGENT",
      message: expect.stringContaining("Expected an agent as `agent.toBytes()` gives it"),
    });
  });

  it("1,000 damaged copies, each with a message and without exception", async () => {
    await using agent = await learned();
    const wholes = [await agent.toBytes(), await agent.toBytes({ replay: true })];
    const random = randomNumbers(1);
    for (let i = 0; i < 1000; i++) {
      const whole = wholes[i % 2]!;
      const copy = damages[(i >> 1) % damages.length]!(whole.slice(), random);
      if (Buffer.compare(copy, whole) === 0) continue;
      expect(refusalOf(copy), `damage ${i}`).toMatchObject({
        code: expect.stringMatching(codes),
        message: expect.stringMatching(/\w{5}/),
      });
    }
  });

  it("forged copies whose hash is right say who does not fit, or are an agent of their own", async () => {
    await using agent = await learned();
    const whole = await agent.toBytes({ replay: true });
    const random = randomNumbers(2);
    let accepted = 0;
    for (let i = 0; i < 600; i++) {
      const copy = damages[i % damages.length]!(whole.slice(), random);
      const refusal = refusalOf(withItsHash(copy));
      if (refusal === undefined) accepted += 1;
      else expect(refusal.code, `forgery ${i}: ${refusal.message}`).toMatch(codes);
    }
    // Flipped bits of a weight are another weight.
    expect(accepted).toBeGreaterThan(0);
  });

  it.each<[string, RegExp, (state: Record<string, unknown>) => unknown]>([
    ["layers without end", /hidden to be layer widths/, hyper({ hidden: Array(1000).fill(8) })],
    ["layers that there are no weights of", /tensor "actor\.2\.weight"/, hyper({ hidden: [8, 8, 8] })],
    ["a step that is a text", /steps: expected an integer .* got "9"/, (s) => ({ ...s, steps: "9" })],
    ["something unknown", /unknown "execute"/, (s) => ({ ...s, execute: "x" })],
    ["no random streams", /random: expected a list/, ({ random: _, ...s }) => s],
    ["another number of observations", /observationStatistics/, (s) => ({ ...s, observationSize: 5 })],
    ["arrays within arrays", /nested more than 100 deep/, (s) => ({ ...s, deep: deep(1000) })],
    ["an array that is none", /array of numbers/, (s) => ({ ...s, env: { $float64: "*" } })],
  ])("a forged state with %s", async (_, message, change) => {
    await using agent = await learned();
    const refusal = refusalOf(forged(await agent.toBytes(), change));
    expect(refusal?.code).toMatch(codes);
    expect(refusal?.message).toMatch(message);
  });

  it("an environment that does not fit", async () => {
    await using agent = await learned();
    const env = makeEnv("MountainCarContinuous-v0");
    await expect(SAC.fromBytes(await agent.toBytes(), { env, engine })).rejects.toMatchObject({
      code: "SNAPSHOT",
      message: expect.stringContaining("Expected an environment with 3 observations"),
    });
  });
});

type Random = () => number;
type Bytes = Uint8Array<ArrayBuffer>;

const anywhere = (bytes: Bytes, random: Random) => Math.floor(random() * bytes.length);
const damages: readonly ((bytes: Bytes, random: Random) => Bytes)[] = [
  (bytes, random) => {
    bytes[anywhere(bytes, random)]! ^= 1 << Math.floor(8 * random());
    return bytes;
  },
  (bytes, random) => bytes.slice(0, anywhere(bytes, random)),
  (bytes, random) => bytes.slice(anywhere(bytes, random)),
  (bytes, random) => Uint8Array.from([...bytes, ...Array(1 + Math.floor(9 * random())).fill(0)]),
  (bytes, random) => bytes.fill(0, anywhere(bytes, random), anywhere(bytes, random)),
  (bytes, random) => bytes.copyWithin(anywhere(bytes, random), anywhere(bytes, random), bytes.length - 9),
  (bytes, random) => {
    // The header is where meaning is densest.
    bytes[8 + Math.floor(400 * random())] = 32 + Math.floor(95 * random());
    return bytes;
  },
];

function refusalOf(bytes: Bytes): TemperedError | undefined {
  try {
    decodeAgent(bytes);
    return undefined;
  } catch (error) {
    expect(error).toBeInstanceOf(TemperedError);
    return error as TemperedError;
  }
}

const HASH_AT = 8 + '{"__metadata__":{"sha256":"'.length;

/** The same with the hash that it asks for. */
function withItsHash(bytes: Bytes): Bytes {
  if (bytes.length < HASH_AT + 64) return bytes;
  bytes.fill(0x30, HASH_AT, HASH_AT + 64);
  bytes.set(new TextEncoder().encode(sha256(bytes)), HASH_AT);
  return bytes;
}

function forged(bytes: Bytes, change: (state: Record<string, unknown>) => unknown): Bytes {
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  header.__metadata__.state = JSON.stringify(change(JSON.parse(header.__metadata__.state)));
  const json = new TextEncoder().encode(JSON.stringify(header));
  const made = new Uint8Array(8 + json.length + bytes.length - 8 - length);
  new DataView(made.buffer).setBigUint64(0, BigInt(json.length), true);
  made.set(json, 8);
  made.set(bytes.subarray(8 + length), 8 + json.length);
  return withItsHash(made);
}

function hyper(change: object) {
  return (state: Record<string, unknown>) => ({
    ...state,
    hyperparameters: { ...(state.hyperparameters as object), ...change },
  });
}

function deep(levels: number): unknown {
  let value: unknown = 0;
  for (let i = 0; i < levels; i++) value = [value];
  return value;
}

/** Numbers in [0, 1) that are the same in every run. */
function randomNumbers(seed: number): Random {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
