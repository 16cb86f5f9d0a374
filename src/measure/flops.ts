// The arithmetic of one SAC update: its matrix products alone, a multiply and an add counted as two. Each program is
// held to the same sum, whatever it computes beyond it (eager PyTorch also makes critic gradients that nobody uses).

export interface UpdateSizes {
  readonly observationDim: number;
  readonly actionDim: number;
  readonly hidden: readonly number[];
  readonly batch: number;
}

/** Floating-point operations of one update of actor, twin critics and their targets. */
export function updateFlops({ observationDim, actionDim, hidden, batch }: UpdateSizes): number {
  const actor = products([observationDim, ...hidden, 2 * actionDim]);
  const critic = products([observationDim + actionDim, ...hidden, 1]);
  const actorFirst = actor[0]!;
  const criticFirst = critic[0]!;
  const [actorAll, criticAll] = [sum(actor), sum(critic)];

  const target = actorAll + 2 * criticAll;
  // Backwards: every layer's weights, and what flows into every layer but the first.
  const critics = 2 * (criticAll + criticAll + (criticAll - criticFirst));
  // The critics pass the action's share of their first layer's slope on to the actor.
  const throughCritics = criticAll - criticFirst + criticFirst * (actionDim / (observationDim + actionDim));
  const policy = actorAll + 2 * (criticAll + throughCritics) + actorAll + (actorAll - actorFirst);
  return 2 * batch * (target + critics + policy);
}

/** Multiplications a sample needs in each layer. */
function products(widths: readonly number[]): number[] {
  return widths.slice(1).map((width, layer) => width * widths[layer]!);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
