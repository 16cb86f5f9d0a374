// Saves one of two agents again and again, so that others may save or load the same directory meanwhile.
//
//   node --import tsx test/agent/save-often.ts DIRECTORY SEED TIMES

import { readAgentState, saveAgent } from "../../src/agent/agent-files.node.ts";

const [directory, seed, times] = process.argv.slice(2) as [string, string, string];
const { learner, ...state } = readAgentState(directory);
const tensors = new Map(
  [...learner.tensors].map(([name, { shape, values }]) => [
    name,
    { shape, values: values.map(() => Number(seed)) },
  ]),
);
for (let i = 0; i < Number(times); i++) {
  await saveAgent({ ...state, seed: Number(seed), random: [], learner: { ...learner, tensors } }, directory);
  await new Promise((resume) => setTimeout(resume, 5));
}
