// A compiled program's life: states in and out, runs, complaints, and its end.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { largestError } from "../../../test/engines/against-reference.ts";
import { add, defineGraph, input, multiply, negate, state, subtract, sum } from "../../graph/index.ts";
import type { Program } from "../engine.ts";
import { onnxruntimeEngine } from "./index.ts";

const engine = await onnxruntimeEngine();
const [w, v, x] = [state("w", [2, 2]), state("v", []), input("x", [2])];
const graph = defineGraph({
  outputs: { y: add(w, x), v },
  updates: { w: subtract(w, x), v: add(v, sum(x)) },
});

describe("a program", () => {
  let program: Program;
  beforeAll(async () => {
    program = await engine.compile(graph);
  });
  afterAll(async () => {
    await program.dispose();
  });

  it("names its states and starts them at zero", async () => {
    expect(program.stateNames).toEqual(["w", "v"]);
    expect([...(await program.readState("w")), ...(await program.readState("v"))]).toEqual([0, 0, 0, 0, 0]);
  });

  it("computes outputs from the states as they were, then moves the states", async () => {
    await program.writeState("w", Float32Array.of(1, 2, 3, 4));
    await program.writeState("v", Float32Array.of(5));
    const outputs = await program.run({ x: Float32Array.of(10, 20) });
    expect([...outputs.y!, ...outputs.v!]).toEqual([11, 22, 13, 24, 5]);
    expect([...(await program.readState("w")), ...(await program.readState("v"))]).toEqual([
      -9, -18, -7, -16, 35,
    ]);
    const again = await program.run({ x: Float32Array.of(1, 1) });
    expect([...again.y!, ...again.v!]).toEqual([-8, -17, -6, -15, 35]);
  });

  it("copies what it is handed", async () => {
    const values = Float32Array.of(1, 2, 3, 4);
    await program.writeState("w", values);
    const given = Float32Array.of(1, 1);
    await program.run({ x: given });
    expect([...values, ...given]).toEqual([1, 2, 3, 4, 1, 1]);
    values.fill(9);
    expect([...(await program.readState("w"))]).toEqual([0, 1, 2, 3]);
  });

  it("knows only its own states", async () => {
    const message = 'Expected one of the states w, v, got "u"';
    await expect(program.readState("u")).rejects.toThrow(message);
    await expect(program.writeState("u", new Float32Array(1))).rejects.toThrow(message);
    await expect(program.readState("u")).rejects.toThrow(expect.objectContaining({ code: "STATE" }));
  });

  it("refuses values of another length", async () => {
    await expect(program.writeState("w", new Float32Array(3))).rejects.toThrow(
      'Expected state "w" as a Float32Array of 4 elements, got 3',
    );
    await expect(program.run({ x: new Float32Array(3) })).rejects.toMatchObject({
      code: "INPUT",
      message: 'Expected input "x" as a Float32Array of 2 elements, got 3',
    });
  });

  it("refuses a run without an input, and is unchanged by it", async () => {
    const before = [...(await program.readState("w"))];
    await expect(program.run({})).rejects.toThrow(
      'Expected input "x" as a Float32Array of 2 elements, got none',
    );
    expect([...(await program.readState("w"))]).toEqual(before);
  });

  it("shares nothing with another program of the same graph", async () => {
    const other = await engine.compile(graph);
    await other.writeState("v", Float32Array.of(7));
    await program.writeState("v", Float32Array.of(1));
    await program.run({ x: Float32Array.of(0, 0) });
    expect((await other.readState("v"))[0]).toBe(7);
    await other.dispose();
  });
});

describe("a disposed program", () => {
  it("refuses to run, and may be disposed again", async () => {
    const program = await engine.compile(graph);
    await program.dispose();
    await program.dispose();
    await expect(program.run({ x: new Float32Array(2) })).rejects.toMatchObject({
      code: "DISPOSED",
      message: expect.stringContaining("compile the graph again"),
    });
  });
});

describe("states", () => {
  it("may swap", async () => {
    const [a, b] = [state("a", [3]), state("b", [3])];
    const swap = defineGraph({ outputs: {}, updates: { a: b, b: negate(a) } });
    expect(await largestError(engine, swap)).toBe(0);
  });

  it("may be read and never changed", async () => {
    const constant = defineGraph({ outputs: { y: multiply(w, 2) } });
    expect(await largestError(engine, constant)).toBe(0);
  });
});

it("more threads compute the same", async () => {
  const two = await onnxruntimeEngine({ threads: 2 });
  expect(two.threads).toBe(2);
  expect(await largestError(two, graph)).toBeLessThan(1e-6);
});
