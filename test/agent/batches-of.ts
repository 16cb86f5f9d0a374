// What an agent learns from, for tests that look into it.

import type { Agent } from "../../src/agent/agent.ts";
import type { Batch } from "../../src/agent/learner.ts";

/** Copies of the batches that the agent learns from, from now on. */
export function batchesOf(agent: Agent): Batch[] {
  const batches: Batch[] = [];
  const update = agent.learner.update.bind(agent.learner);
  agent.learner.update = (batch, ...rest) => {
    batches.push(structuredClone(batch));
    return update(batch, ...rest);
  };
  return batches;
}
