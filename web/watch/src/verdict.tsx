// The doctor's verdict in words, as its reports have them, with a sign, so that colour is not all that tells.

import type { JSX } from "preact";
import type { RunSummary } from "../../../src/curves/protocol.ts";
import type { Verdict as VerdictName } from "../../../src/doctor/finding.ts";

const SIGNS: Readonly<Record<VerdictName, string>> = {
  healthy: "✓",
  fault: "✕",
  suspect: "!",
  inconclusive: "…",
};

/** @param narrow where there is little room, and the sign says "so far" */
export function Verdict({
  run,
  narrow = false,
}: {
  readonly run: RunSummary;
  readonly narrow?: boolean;
}): JSX.Element | null {
  const { verdict } = run;
  if (!verdict) return null;
  const words = verdictOf(run);
  return (
    <span class={`verdict ${verdict}`}>
      <span aria-hidden="true">{SIGNS[verdict]}</span> {narrow ? words.replace(" so far", "") : words}
    </span>
  );
}

/** Empty until the doctor has looked. */
export function verdictOf({ verdict, findings, last }: RunSummary): string {
  if (verdict !== "inconclusive") return verdict ?? "";
  if (findings.some(({ id }) => id === "alpha-mislabelled")) return "the column is not α";
  return last.alpha === undefined ? "no verdict" : "nothing wrong so far";
}
