// The short form of kill-and-resume.ts: a few kills on each engine.

import { expect, it } from "vitest";
import { killAndResume } from "./kill-and-resume.ts";

it.each(["wasm", "onnxruntime"])(
  "a training killed at random instants and resumed is one that was never disturbed (%s)",
  async (engine) => {
    const study = { env: "Pendulum-v1", engine, envs: 2, steps: 1500, seed: 1 };
    expect(await killAndResume(study, { kills: 4 })).toBe(4);
  },
  180_000,
);
