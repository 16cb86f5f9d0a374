// Which of the two losses a program minimises, α·g or log α·g: the gap that a logged loss implies has the opposite
// sign in the two below α = 1, so nothing may be said about signs before this is settled. Where the entropy is logged
// the loss is compared with it; else the form is right whose gap α runs against, as descent does.

import type { LossForm } from "../../runs/series.ts";
import { printedQuantum } from "../statistics/printed.ts";
import { median, spread } from "../statistics/quantiles.ts";
import { theilSen } from "../statistics/theil-sen.ts";

/** Which form of the α loss the log speaks for. */
export interface LossFormEstimate {
  readonly form: LossForm;
  /** 0 to 1. */
  readonly confidence: number;
  readonly assumption: string;
  /** Share of α's movement that runs against the gap of the chosen form; NaN where α does not move. */
  readonly agreement: number;
}

export interface LossFormInput {
  readonly alpha: ArrayLike<number>;
  readonly logAlpha: ArrayLike<number>;
  readonly loss: ArrayLike<number>;
  readonly entropy?: ArrayLike<number> | undefined;
  readonly declared?: LossForm | undefined;
}

const FORMS: readonly LossForm[] = ["log-alpha", "alpha"];
/** Below this |log α| the gap of the log-α form is a quotient of two tiny numbers, unless α never gets further. */
const LOG_ALPHA_MIN = 0.02;
/** Relative precision of a float32 times 20. */
const LOG_ALPHA_LEAST = 1e-6;

/** The gaps that losses imply: loss / α or loss / log α; NaN where that is undefined. */
export function gapsOfLoss(
  form: LossForm,
  loss: ArrayLike<number>,
  alpha: ArrayLike<number>,
  logAlpha: ArrayLike<number>,
): Float64Array {
  const lossError = printedQuantum(loss) / 2;
  const alphaError = printedQuantum(alpha) / 2;
  if (form === "alpha") {
    return Float64Array.from(loss, (value, i) => {
      const gap = value / alpha[i]!;
      return worthwhile(gap, (lossError + Math.abs(gap) * alphaError) / alpha[i]!);
    });
  }
  let furthest = 0;
  for (let i = 0; i < logAlpha.length; i++) furthest = Math.max(furthest, Math.abs(logAlpha[i]!) || 0);
  const least = Math.max(LOG_ALPHA_LEAST, Math.min(LOG_ALPHA_MIN, 0.2 * furthest));
  return Float64Array.from(loss, (value, i) => {
    const log = Math.abs(logAlpha[i]!);
    const gap = value / logAlpha[i]!;
    return log < least
      ? Number.NaN
      : worthwhile(gap, (lossError + (Math.abs(gap) * alphaError) / alpha[i]!) / log);
  });
}

/** Share of a gap, and nats, by which rounding may have changed it before it is worth nothing. */
const ROUNDED = 0.15;

function worthwhile(gap: number, error: number): number {
  return Number.isFinite(gap) && Math.abs(error) <= ROUNDED * (1 + Math.abs(gap)) ? gap : Number.NaN;
}

export function lossForm(x: LossFormInput): LossFormEstimate | undefined {
  const gaps = FORMS.map((form) => gapsOfLoss(form, x.loss, x.alpha, x.logAlpha));
  const agreements = gaps.map((gap) => agreement(gap, x.logAlpha));
  const choose = (index: number, confidence: number, assumption: string): LossFormEstimate => ({
    form: FORMS[index]!,
    confidence,
    assumption,
    agreement: agreements[index]!,
  });

  if (x.entropy) {
    const misfits = gaps.map((gap) => misfit(gap, x.entropy!));
    const [a, b] = misfits as [number, number];
    if (Number.isFinite(a) && Number.isFinite(b) && Math.max(a, b) > 1.5 * Math.min(a, b)) {
      return choose(a < b ? 0 : 1, 0.98, "from the logged entropy, which the loss follows");
    }
  }
  const declaredIndex = x.declared === undefined ? -1 : FORMS.indexOf(x.declared);
  const [logVotes, alphaVotes] = agreements as [number, number];
  if (declaredIndex >= 0) {
    const other = 1 - declaredIndex;
    if (agreements[declaredIndex]! < 0.3 && agreements[other]! > 0.7) {
      return choose(
        other,
        0.8,
        `from α's movement, against the ${FORMS[declaredIndex]} form that was expected`,
      );
    }
    return choose(declaredIndex, 0.95, "the program's own form");
  }
  if (Math.abs(logVotes - alphaVotes) > 0.3) {
    return choose(logVotes > alphaVotes ? 0 : 1, 0.9, "α moves against this form's gap and not the other's");
  }
  const unsteadiness = gaps.map((gap) => {
    const size = gap.map((g) => Math.log(Math.abs(g)));
    return spread(size);
  });
  const [logSpread, alphaSpread] = unsteadiness as [number, number];
  if (!Number.isFinite(logSpread) && !Number.isFinite(alphaSpread)) return undefined;
  return choose(
    alphaSpread < logSpread || Number.isNaN(logSpread) ? 1 : 0,
    0.6,
    "this form's gap is the steadier of the two",
  );
}

/** Share of α's movement, by size, that runs against the sign of the gap. */
function agreement(gap: Float64Array, logAlpha: ArrayLike<number>): number {
  let against = 0;
  let total = 0;
  for (let i = 1; i < gap.length; i++) {
    const move = logAlpha[i]! - logAlpha[i - 1]!;
    const sign = Math.sign(gap[i - 1]! + gap[i]!);
    if (!Number.isFinite(move) || !(Math.abs(sign) === 1)) continue;
    total += Math.abs(move);
    if (Math.sign(move) === -sign) against += Math.abs(move);
  }
  return total === 0 ? Number.NaN : against / total;
}

/** How badly ±(H − x) explains the gap: residual of the better line of slope ±1, in nats. */
function misfit(gap: Float64Array, entropy: ArrayLike<number>): number {
  const line = theilSen(entropy, gap);
  if (!line) return Number.NaN;
  const along = spread(gap.map((g, i) => g - entropy[i]!));
  const against = spread(gap.map((g, i) => g + entropy[i]!));
  return Math.min(along, against) + 1e-6 * Math.abs(median(gap));
}
