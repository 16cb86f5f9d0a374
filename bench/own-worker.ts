// tempered's own update as a worker for update.ts: learner, replay buffer and random streams as the agent has them.
// Batch and noise are drawn inside the timed update, as in the other programs.

import { parseArgs } from "node:util";
import type { SacOptions } from "../src/agent/options.ts";
import { type PresetName, presets } from "../src/agent/presets.ts";
import { chooseEngine } from "../src/engines/choose.ts";
import type { ArithmeticChoice, EngineName } from "../src/engines/engine.ts";
import { gemmGflops } from "../src/measure/gemm.ts";
import { randomUpdates } from "../src/measure/random-updates.ts";
import { count, sizeOptions, sizesOf } from "./options.ts";
import { serve } from "./serve.ts";

const { values } = parseArgs({
  options: {
    ...sizeOptions,
    threads: { type: "string", default: "1" },
    engine: { type: "string", default: "onnxruntime" },
    arithmetic: { type: "string", default: "auto" },
    preset: { type: "string", default: "sac" },
  },
});
const threads = count("threads", values.threads);
const engine = await chooseEngine({
  engine: values.engine as EngineName,
  threads,
  arithmetic: values.arithmetic as ArithmeticChoice,
});
const { temperature: _, ...settings }: SacOptions = presets[values.preset as PresetName];
const updates = await randomUpdates(engine, sizesOf(values), settings);

await serve({
  info: {
    tempered: engine.name,
    threads,
    ...(engine.arithmetic && { arithmetic: engine.arithmetic }),
    node: process.version,
  },
  gemm: (seconds) => gemmGflops(engine, seconds),
  update: updates.update,
});
await updates.dispose();
await engine.dispose();
