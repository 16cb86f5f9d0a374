// From bench/results/update.json (AMD EPYC, 2 cores, node v20.20.2); `npx tsx bench/threads.ts` writes more of it.

export const measured = {
  wasm: [{ batchSize: 256, observationSize: 17, actionSize: 6, hidden: [256, 256], speedups: [1, 1.86] }],
  onnxruntime: [
    { batchSize: 256, observationSize: 17, actionSize: 6, hidden: [256, 256], speedups: [1, 1.41] },
  ],
};
