// Updates on two threads, whose program is never disposed of: the process must end by itself.

import { onnxruntimeEngine } from "../../src/engines/onnxruntime/index.ts";
import { RandomStream } from "../../src/random/index.ts";
import { freshLearner } from "../bits/fresh-learner.ts";

const spec = { observationSize: 3, actionSize: 1, hidden: [32, 32], batchSize: 128, gamma: 0.99, tau: 0.005 };
const engine = await onnxruntimeEngine({ threads: 2 });
const { learner, batch, noise } = await freshLearner(engine, spec, new RandomStream(1, "weights"));
for (let i = 0; i < 3; i++) await learner.update(batch, noise, i);
process.stdout.write(JSON.stringify({ updates: learner.updates }));
