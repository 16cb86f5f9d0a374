// What a worker does: its part of every run of a program, from the first to the last.
//
// Workers run the text of this file (worker.generated.ts): it imports nothing but exchange.ts, part.ts and types.

import { Exchange } from "./exchange.ts";
import { Part, type PartPlan, type Runtime } from "./part.ts";

export interface HelperData {
  readonly plan: PartPlan;
  readonly me: number;
  readonly module: WebAssembly.Module;
  readonly buffer: SharedArrayBuffer;
}

/** Serves until it is told to stop. @param ready called once the first run may begin */
export async function serve(
  runtime: Runtime,
  { plan, me, module, buffer }: HelperData,
  ready: () => void,
): Promise<void> {
  const exchange = new Exchange(plan, me, buffer);
  const memory = new WebAssembly.Memory({ initial: plan.pages });
  const part = await Part.create(runtime, plan, memory, module, exchange);
  const [inputs, outputs, states] = [plan.inputs, plan.outputs, plan.states].map((place) =>
    part.view(place),
  ) as [Float32Array, Float32Array, Float32Array];
  ready();
  try {
    for (let run = 1; exchange.awaitStart(run); run++) {
      inputs.set(exchange.inputsOf(me));
      const changed = exchange.changedStates();
      if (changed) states.set(changed);
      await part.run();
      exchange.outputsOf(me).set(outputs);
      exchange.meet();
    }
  } catch (error) {
    exchange.fail();
    throw error;
  }
  await part.release();
}
