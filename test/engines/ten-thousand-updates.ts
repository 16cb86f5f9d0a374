// Run with --expose-gc: prints by how much the process grows over 10,000 SAC updates of a small network, in MiB.

import { onnxruntimeEngine } from "../../src/engines/onnxruntime/index.ts";
import { defaultTask, learnerOf } from "../agent/learner.ts";

const learner = await learnerOf(await onnxruntimeEngine(), defaultTask);
const { batch, noise } = defaultTask;
const update = async (times: number) => {
  for (let i = 0; i < times; i++) await learner.update(batch, noise, i);
};
const settled = () => {
  gc!();
  gc!();
  return process.memoryUsage().rss / 2 ** 20;
};
await update(1000);
const before = settled();
await update(10_000);
console.log(JSON.stringify({ grownMiB: settled() - before }));
await learner.dispose();
