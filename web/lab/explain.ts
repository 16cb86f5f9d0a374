// The temperature's step in words: which way α should go, which way it goes, and why.

import type { Effects } from "./faults.ts";
import type { TemperatureUpdate } from "./messages.ts";

export interface Explanation {
  /** What the gap asks for. */
  readonly wanted: string;
  /** What happens instead, where something is broken or a bound holds. */
  readonly instead: string | undefined;
  /** Whether that is a fault. */
  readonly wrong: boolean;
}

export function explain(update: TemperatureUpdate, effects: Effects): Explanation {
  const { gap, direction, held } = update;
  const random = gap > 0;
  const wanted =
    gap === 0
      ? "H = H̄: the entropy is on its target and α stays."
      : `H ${random ? ">" : "<"} H̄: the policy is ${random ? "more" : "less"} random than asked for, so randomness should get ${random ? "cheaper: α ↓" : "dearer: α ↑"}.`;
  return { wanted, instead: insteadOf(), wrong: effects.frozen || effects.inverted };

  function insteadOf(): string | undefined {
    if (effects.frozen) return "But the optimiser holds a stale parameter: α does not move at all.";
    if (effects.inverted) {
      return `But the sign is flipped: the gradient is −g, and α goes ${direction > 0 ? "down" : "up"}, away from the target.`;
    }
    if (held) return "But a bound holds α where it is.";
    const goes = direction > 0 ? "down" : "up";
    if (gap !== 0 && direction !== 0 && direction > 0 !== gap > 0) {
      return `Adam's momentum still carries α ${goes}: the gap has only just changed its sign.`;
    }
    return undefined;
  }
}
