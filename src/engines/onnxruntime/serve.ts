// What a worker does: its shard of every run of a program, from the first to the last.

import { Exchange } from "./exchange.ts";
import type { Sessions } from "./session.ts";
import { Shard } from "./shard.ts";
import type { ShardPlan } from "./shard-plan.ts";

export interface HelperData {
  readonly plan: ShardPlan;
  readonly me: number;
  readonly module: WebAssembly.Module;
  readonly buffer: SharedArrayBuffer;
}

/** Serves until it is told to stop. @param ready called once the first run may begin */
export async function serve(
  sessions: Sessions,
  { plan, me, module, buffer }: HelperData,
  ready: () => void,
): Promise<void> {
  const exchange = new Exchange(plan, me, buffer);
  const memory = new WebAssembly.Memory({ initial: plan.pages });
  const shard = await Shard.create(sessions, plan, memory, module, exchange);
  const [inputs, states] = [shard.view(plan.inputs), shard.view(plan.states)];
  ready();
  try {
    for (let count = 1; ; count++) {
      const task = exchange.awaitStart(count);
      if (task === undefined) break;
      if (task === "collect") shard.collectMoments();
      else {
        inputs.set(exchange.inputsOf(me));
        const changed = exchange.changedStates();
        if (changed) {
          states.set(changed.states);
          shard.runs = changed.runs;
        }
        await shard.run(task);
      }
    }
  } catch (error) {
    exchange.fail();
    throw error;
  }
  await shard.release();
}
