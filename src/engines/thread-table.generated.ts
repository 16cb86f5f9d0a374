// From bench/results/update.json (AMD EPYC, 2 cores, node v20.20.2); `npx tsx bench/threads.ts` writes more of it.

import type { EngineName } from "./engine.ts";
import type { MeasuredUpdate } from "./threads.ts";

const cheetah = { batchSize: 256, observationSize: 17, actionSize: 6, hidden: [256, 256] };

export const measured: Readonly<Record<EngineName, readonly MeasuredUpdate[]>> = {
  wasm: [{ ...cheetah, speedups: [1, 1.86] }],
  onnxruntime: [{ ...cheetah, speedups: [1, 1.41] }],
};
