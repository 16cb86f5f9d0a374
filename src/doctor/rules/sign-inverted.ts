// The α loss has the wrong sign, so α runs away from the target instead of towards it. Proven by the identity test
// where entropy and loss are logged, by the quadrant where only the entropy is, and by the mirror test where neither
// helps: a policy held at its maximum entropy shows −g = H_max − H̄, and a loss with its sign turned shows just that.

import { dialectOf } from "../dialects.ts";
import { type Evidence, stepsOf } from "../evidence.ts";
import type { Finding } from "../finding.ts";
import { numbers, type Rule, say } from "../rule.ts";
import { UNTRAINED_ENTROPY } from "../settings.ts";
import { median } from "../statistics/quantiles.ts";
import { stretches } from "../statistics/stretch.ts";
import { MIRROR, mirrorOf } from "./shared/mirror.ts";

export const signInverted: Rule = (e) =>
  byIdentity(e) ?? byQuadrant(e) ?? byStretch(e) ?? byMirror(e) ?? byFirstGap(e) ?? byTurn(e) ?? byBound(e);

const REFERENCE = "softlearning #163, ElegantRL #10";
/** Rows of a stretch that carries the verdict. */
const ROWS = 10;
/** Enough of a log of few rows. */
const FEW_ROWS = 6;

function finding(
  e: Evidence,
  from: number,
  to: number,
  confidence: number,
  evidence: Record<string, number | undefined>,
  message: string,
): Finding {
  return {
    id: "sign-inverted",
    severity: "error",
    confidence,
    steps: stepsOf(e, from, to),
    evidence: numbers(evidence),
    message,
    fix: dialectOf(e.series.framework).loss,
    reference: REFERENCE,
    suggestion: { invert: true },
  };
}

function byIdentity(e: Evidence): Finding | undefined {
  const least = e.rows.length < 3 * ROWS ? FEW_ROWS : ROWS;
  const fits = e.identity.filter(({ sign, rows }) => sign === -1 && rows >= least);
  const [first] = fits;
  const last = fits.at(-1);
  if (!first || !last) return undefined;
  const target = last.target.value;
  return finding(
    e,
    first.from,
    last.to,
    0.97,
    { identitySign: -1, target, targetLow: last.target.low, targetHigh: last.target.high, rows: last.rows },
    `The α loss falls where it should rise: the gap it implies is −(H − x) with x = ${say(target)} nats, row by row, so α runs away from the target.`,
  );
}

function byQuadrant(e: Evidence): Finding | undefined {
  const { leg, loggedGap, lossGap, rows } = e;
  if (!leg || !loggedGap || lossGap || leg.efolds < 1) return undefined;
  const gaps = loggedGap.values.subarray(leg.from, leg.to + 1).filter(Number.isFinite);
  if (gaps.length < ROWS) return undefined;
  const direction = leg.direction === "rising" ? 1 : -1;
  const along = gaps.filter((g) => g * direction > 0).length / gaps.length;
  const size = Math.abs(median(gaps));
  if (along < 0.9 || size < Math.max(0.1 * e.dimensions, 2 * loggedGap.noise)) return undefined;
  return finding(
    e,
    leg.from,
    leg.to,
    0.85,
    { gap: median(gaps), share: along, efolds: leg.efolds, slope: leg.slope, updates: rows.updates[leg.to]! },
    `α moves with the sign of H − H̄ instead of against it: it is ${leg.direction} while the entropy stands ${say(size)} nats ${direction > 0 ? "above" : "below"} the target.`,
  );
}

/** Share of α's moves that go the wrong way over a stretch. */
const ALONG = 0.85;

/** The same where it begins in mid-run: α runs on while the entropy stands on the other side of its target. */
function byStretch(e: Evidence): Finding | undefined {
  const { loggedGap, lossGap, rows, dimensions } = e;
  if (!loggedGap || lossGap) return undefined;
  const { smooth, noise } = loggedGap;
  for (const direction of [1, -1] as const) {
    const least = Math.max(0.1 * dimensions, noise);
    const wrong = stretches(rows.length, (i) => smooth[i]! * direction > 0, FEW_ROWS).filter(
      ({ from, to }) => {
        const moved = (rows.logAlpha[to]! - rows.logAlpha[from]!) * direction;
        let along = 0;
        for (let i = from + 1; i <= to; i++)
          if ((rows.logAlpha[i]! - rows.logAlpha[i - 1]!) * direction > 0) along++;
        const size = Math.abs(median(loggedGap.values.subarray(from, to + 1)));
        return moved > 1 && along > ALONG * (to - from) && size > least;
      },
    );
    const longest = wrong.sort((a, b) => b.to - b.from - (a.to - a.from))[0];
    if (!longest) continue;
    const { from, to } = longest;
    const gap = median(loggedGap.values.subarray(from, to + 1));
    const efolds = Math.abs(rows.logAlpha[to]! - rows.logAlpha[from]!);
    return finding(
      e,
      from,
      to,
      0.8,
      { gap, efolds, rows: to - from + 1 },
      `α ${direction > 0 ? "rises" : "falls"} ${say(efolds)} e-folds while the entropy stands ${say(Math.abs(gap))} nats ${direction > 0 ? "above" : "below"} the target: it moves with the sign of H − H̄ instead of against it.`,
    );
  }
  return undefined;
}

function byMirror(e: Evidence): Finding | undefined {
  const { climb, settings } = e;
  const mirror = mirrorOf(e);
  if (!climb || !mirror) return undefined;
  const { depth } = climb;
  const { basis, expected } = mirror;
  const target = settings.targetEntropy ?? settings.defaultTarget;
  const message = {
    maximum: `α climbs with a gap of ${say(-depth)} nats: the mirror image of H_max − H̄ = ${say(expected)} (${settings.targetEntropy === undefined ? "H̄ = −d assumed" : "as declared"}), which is what a policy at maximum entropy shows under a loss of the wrong sign.`,
    "first-gap": `The gap turned from ${say(e.firstGap?.value ?? 0)} at the start to ${say(-depth)}, its mirror image, and α climbs: the loss changed its sign.`,
    multiple: `α climbs with a steady gap of ${say(-depth)} nats, a multiple of −1.684: the mirror image of H_max − H̄ at the default target for ${say(expected / MIRROR)} action dimensions. Give --action-dim to settle it.`,
  }[basis];
  const confidence = { maximum: climb.fromStart ? 0.9 : 0.8, "first-gap": 0.75, multiple: 0.7 }[basis];
  return finding(
    e,
    climb.from,
    climb.to,
    confidence,
    { gap: -depth, mirror: expected, efolds: climb.efolds, target, firstGap: e.firstGap?.value },
    message,
  );
}

/** How near the first gap must be to its mirror image, as a share of it; half of a usual −1.65·d where d is off by one of 8. */
const FIRST = 0.06;

/** An untrained policy is above any usual target; one whose first gap is just that far below shows a mirrored loss. */
function byFirstGap(e: Evidence): Finding | undefined {
  const { firstGap, entropy, lossGap, leg, settings } = e;
  const { actionDim, discreteActions, unitOffset, targetEntropy, defaultTarget } = settings;
  const target = targetEntropy ?? defaultTarget;
  if (entropy || !lossGap || !firstGap || target === undefined || leg?.direction !== "rising")
    return undefined;
  if (leg.efolds < 0.3 || leg.from > 2) return undefined;
  const untrained =
    discreteActions !== undefined
      ? Math.log(discreteActions)
      : UNTRAINED_ENTROPY * actionDim! + (unitOffset ?? 0);
  const expected = untrained - target;
  // Of discrete actions a certain policy shows the same where the target is half of log n.
  const error = (discreteActions === undefined ? FIRST : FIRST / 2) * expected;
  if (!(expected > 0.5 * e.dimensions) || !(Math.abs(-firstGap.value - expected) < error)) return undefined;
  // A policy that saturates passes the mirror image on its way down; an untrained one stands there from the first row.
  const rows = lossGap.values.filter(Number.isFinite).subarray(0, 3);
  if (rows.length < 3 || rows.some((g) => Math.abs(-g - expected) > 2 * error)) return undefined;
  return finding(
    e,
    leg.from,
    leg.to,
    targetEntropy === undefined ? 0.75 : 0.85,
    { firstGap: firstGap.value, mirror: expected, efolds: leg.efolds, target },
    `The first gap is ${say(firstGap.value)} nats: an untrained policy stands about ${say(expected)} above ${targetEntropy === undefined ? "the default target" : "its target"}, and a loss of the wrong sign shows just the mirror image of it. α climbs from the first update on.`,
  );
}

/** Rows on either side of a turn, and how far they may be from their median, as a share of it. */
const SIDE = 4;
const FLAT = 0.5;
/** How near the gap after the turn is to the mirror image of that before. */
const MIRRORED = 0.3;

/** Between two rows the gap becomes its own mirror image and stays there: an entropy takes hundreds of updates for that. */
function byTurn(e: Evidence): Finding | undefined {
  const { climb, gap, lossGap, entropy } = e;
  if (!climb || !gap || !lossGap || entropy || climb.fromStart) return undefined;
  const { noise } = gap;
  for (let row = Math.max(SIDE, climb.from - 2); row <= climb.from + 2; row++) {
    const sides = [lossGap.values.slice(row - SIDE, row), lossGap.values.slice(row, row + SIDE)];
    const [before, after] = sides.map(median) as [number, number];
    const flat = sides.every((side, k) =>
      side.every((g) => Math.abs(g - [before, after][k]!) < FLAT * before),
    );
    const apart = before > Math.max(0.3 * e.dimensions, 4 * noise) && after < 0;
    if (!(apart && flat && Math.abs(before + after) < MIRRORED * before)) continue;
    if (climb.depth < (1 - MIRRORED) * before) continue;
    return finding(
      e,
      row,
      climb.to,
      0.75,
      { before, after, gap: -climb.depth, efolds: climb.efolds },
      `Between two rows the gap turned from ${say(before)} to ${say(after)} nats, its mirror image, and α has climbed ever since: the loss changed its sign.`,
    );
  }
  return undefined;
}

/** α falls and the implied entropy rises beyond what any policy can have, after a start that was in order. */
function byBound(e: Evidence): Finding | undefined {
  const { leg, gap, lossGap, entropy, settings, firstGap } = e;
  const { maxEntropy, reachableEntropy, actionDim } = settings;
  const target = settings.targetEntropy ?? settings.defaultTarget;
  if (!leg || !gap || !lossGap || entropy || leg.direction !== "falling" || leg.efolds < 1) return undefined;
  if (maxEntropy === undefined || reachableEntropy === undefined || target === undefined || !firstGap)
    return undefined;
  const d = actionDim ?? 1;
  const startsRight = firstGap.value < reachableEntropy - target + 0.1 * d && firstGap.value > 0;
  const eighth = Math.max(5, Math.ceil(gap.values.length / 8));
  const end = median(gap.values.slice(Math.max(0, leg.to + 1 - eighth), leg.to + 1));
  if (!startsRight || !(end >= maxEntropy - target + 0.3 * d)) return undefined;
  return finding(
    e,
    leg.from,
    leg.to,
    0.75,
    { firstGap: firstGap.value, gap: end, largestPossible: maxEntropy - target, efolds: leg.efolds },
    `The gap grew from ${say(firstGap.value)} to ${say(end)} nats while α fell, beyond the ${say(maxEntropy - target)} that any policy can show: the loss changed its sign and drives the entropy down.`,
  );
}
