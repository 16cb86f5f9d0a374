// Whether what is called log π is log π, and whether Q is to be large: what most of a program's losses agree on, so that
// one wrong sign stands out and two that cancel do not.

import type { AlphaLoss } from "./alpha-loss.ts";
import type { SoftValue, Subject } from "./soft.ts";

export interface Orientation {
  /** 1 where Q is to be large, −1 where it counts costs. */
  readonly q: 1 | -1;
  /** 1 where the name holds log π, −1 where it holds −log π. */
  readonly logProb: 1 | -1;
  /** How many losses and values spoke. */
  readonly witnesses: number;
}

const hypotheses = [
  { q: 1, logProb: 1 },
  { q: 1, logProb: -1 },
  { q: -1, logProb: 1 },
  { q: -1, logProb: -1 },
] as const;

export function orientationOf(
  values: readonly SoftValue[],
  losses: readonly AlphaLoss[],
  subject: Subject,
  /** Whether the program computes a density, so that the name is likely to be right. */
  shown: boolean,
): Orientation {
  const spoken = values.filter((value) => value.logProb !== 0 && value.subject === subject);
  const told = losses.filter((loss) => loss.subject === subject);
  const votes = hypotheses.map(({ q, logProb }) => {
    let against = 0;
    for (const value of values) {
      if (value.kind === "actor" && value.q !== -q) against++;
      for (const { kind } of value.events) {
        if (kind === "smallest" && q === -1) against += 0.5;
        if (kind === "largest" && q === 1) against += 0.5;
      }
    }
    for (const value of spoken) {
      if (value.kind === "actor") against += value.logProb === logProb ? 0 : 1;
      else against += value.logProb * value.q === -q * logProb ? 0 : 1;
    }
    for (const loss of told) against += Math.sign(loss.logProb) === -logProb ? 0 : 1;
    // What the names say is so, unless the program contradicts it twice.
    return against + (q === 1 ? 0 : 0.5) + (logProb === 1 ? 0 : shown ? 1.5 : 1.05);
  });
  const least = Math.min(...votes);
  const { q, logProb } = hypotheses[votes.indexOf(least)]!;
  return { q, logProb, witnesses: spoken.length };
}
