// The entropy that α holds, where nobody logs a target: it stays where it is while α, which can go much faster, hardly
// drifts and goes back and forth. An α that chases a gap runs one way at its full pace.

import type { Estimate } from "../finding.ts";
import { medianInterval, rowNoise } from "../statistics/quantiles.ts";
import type { AlphaSpeed } from "./alpha-speed.ts";

interface Held {
  readonly updates: ArrayLike<number>;
  readonly logAlpha: Float64Array;
  readonly entropy: Float64Array | undefined;
  readonly speed: AlphaSpeed | undefined;
}

const ROWS = 20;
/** α's drift over its fastest lasting stretch, up to which it is at rest. */
const AT_REST = 0.2;
/** Share of α's moves that go against its drift. */
const BACK_AND_FORTH = 0.1;
/** Nats by which a held entropy may wander in any case: what a policy that still learns does. */
const WANDER = 0.03;

/** Over the second half of the log. @returns undefined where nothing is held, or nobody can tell */
export function heldEntropy({ updates, logAlpha, entropy, speed }: Held): Estimate | undefined {
  if (!entropy || !speed) return undefined;
  const half = entropy.length >> 1;
  const late = entropy.subarray(half);
  if (late.length < ROWS || !late.every(Number.isFinite)) return undefined;
  const middle = late.length >> 1;
  const [before, after] = [medianInterval(late.slice(0, middle)), medianInterval(late.slice(middle))];
  const error = (3 * rowNoise(late)) / Math.sqrt(middle);
  if (!(Math.abs(after.value - before.value) <= Math.max(error, WANDER))) return undefined;
  const path = logAlpha.subarray(half);
  const drift = path[path.length - 1]! - path[0]!;
  const pace = Math.abs(drift) / (updates[updates.length - 1]! - updates[half]!);
  if (!(pace <= AT_REST * Math.abs(speed.slope))) return undefined;
  const against = path.filter((x, i) => i > 0 && (x - path[i - 1]!) * drift < 0).length;
  if (against < BACK_AND_FORTH * path.length) return undefined;
  return { ...medianInterval(late), assumption: "α could go far faster, and keeps the entropy there" };
}
