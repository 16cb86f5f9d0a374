import { describe, expect, it } from "vitest";
import { trainFlags } from "./flags.ts";

const flags = trainFlags();

describe("flags of train", () => {
  it("are read as what their field takes", () => {
    expect(flags.steps.parse("500")).toBe(500);
    expect(flags.targetEntropy.parse("-6")).toBe(-6);
    expect(flags.targetEntropy.parse("auto")).toBe("auto");
    expect(flags.alphaLearningRate.parse("1e-4")).toBe(1e-4);
    expect(flags.hidden.parse("256,256")).toEqual([256, 256]);
    expect(flags.hidden.parse("64")).toEqual([64]);
    expect(flags.engine.parse("wasm")).toBe("wasm");
    const falling = { shape: "linear", start: 3e-4, end: 0, steps: 100_000 };
    expect(flags.learningRate.parse("linear:3e-4:0:100000")).toEqual(falling);
    expect(flags.alphaLearningRate.parse("linear:3e-4:0:100000")).toEqual(falling);
    expect(flags.targetEntropy.parse("cosine:0:-6:5000")).toEqual({
      shape: "cosine",
      start: 0,
      end: -6,
      steps: 5000,
    });
  });

  it.each([
    ["steps", "1.5", 'expected a positive integer, got "1.5"'],
    ["steps", "", 'expected a positive integer, got ""'],
    ["engine", "cuda", 'expected "auto", "onnxruntime" or "wasm", got "cuda"'],
    ["gamma", "1.1", "expected a number from 0 to 1"],
    ["gradientSteps", "0", "expected a positive integer, or -1"],
    [
      "learningRate",
      "0",
      'expected a number above 0, or a schedule {shape: "linear"|"cosine", start, end, steps}',
    ],
    [
      "learningRate",
      "linear:3e-4:-1:100",
      "of numbers from 0 up, or on the command line linear:3e-4:0:100000",
    ],
    ["learningRate", "linear:3e-4:0", 'got "linear:3e-4:0"'],
    ["seed", "9007199254740993", "expected an integer from 0 up to 9007199254740991"],
    ["hidden", "64,x", "expected layer widths such as 256,256"],
  ] as const)("refuse --%s %s", (name, text, message) => {
    expect(() => flags[name].parse(text)).toThrow(message);
  });

  it("that are switches take no value", () => {
    expect(flags.normalizeObservation).toMatchObject({ kind: "boolean", optional: true });
    expect(flags.overlapActing).toMatchObject({ kind: "boolean", optional: true });
  });

  it("tell their defaults", () => {
    expect(flags.alphaLearningRate.brief).toMatch(/Default 0\.0003\.$/);
    expect(flags.hidden.brief).toMatch(/Default 256,256\.$/);
    expect(flags.alphaMin.brief).toMatch(/Default no bound\.$/);
  });
});
