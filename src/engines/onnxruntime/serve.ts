// What a worker does: its part of every run of a program, from the first to the last.
//
// Workers run the text of this file (worker.generated.ts): it imports nothing but exchange.ts, part.ts and types.

import { Exchange } from "./exchange.ts";
import { Part } from "./part.ts";
import type { PartPlan } from "./part-plan.ts";
import type { Sessions } from "./session.ts";

export interface HelperData {
  readonly plan: PartPlan;
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
  const part = await Part.create(sessions, plan, memory, module, exchange);
  const [inputs, states] = [part.view(plan.inputs), part.view(plan.states)];
  ready();
  try {
    for (let count = 1; ; count++) {
      const task = exchange.awaitStart(count);
      if (task === undefined) break;
      if (task === "collect") part.collectMoments();
      else {
        inputs.set(exchange.inputsOf(me));
        const changed = exchange.changedStates();
        if (changed) {
          states.set(changed.states);
          part.runs = changed.runs;
        }
        await part.run(task);
      }
    }
  } catch (error) {
    exchange.fail();
    throw error;
  }
  await part.release();
}
