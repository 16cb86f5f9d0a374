// The doctor's verdict as a word with a sign, so that colour is not all that tells.

import type { JSX } from "preact";
import type { Verdict as VerdictName } from "../../../src/doctor/finding.ts";

const SIGNS: Readonly<Record<VerdictName, string>> = {
  healthy: "✓",
  fault: "✕",
  suspect: "!",
  inconclusive: "…",
};

export function Verdict({ verdict }: { readonly verdict: VerdictName | undefined }): JSX.Element | null {
  if (!verdict) return null;
  return (
    <span class={`verdict ${verdict}`}>
      <span aria-hidden="true">{SIGNS[verdict]}</span> {verdict}
    </span>
  );
}
