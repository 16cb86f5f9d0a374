// A finding's page as text for a terminal: what happened, how it shows, the proof, what to do. The pages are those of
// docs/doctor.

import { FINDING_IDS } from "../finding.ts";
import { PAGES } from "./pages.generated.ts";

/** Findings in code that are told on the page of another one. */
const TOLD_BY: Readonly<Record<string, string>> = {
  "clamp-before-step": "alpha-at-bound",
  "clamp-without-effect": "alpha-at-bound",
  "discrete-logprob-unweighted": "sign-inverted",
  "claim-contradicted": "sign-inverted",
};

/** The page without its links and pictures; undefined where there is no such finding. */
export function explain(id: string): string | undefined {
  const page = PAGES[TOLD_BY[id] ?? id];
  return page
    ?.replace(/^!\[.*\n\n?/gm, "")
    .replace(/\n\[All findings\].*\n?$/, "")
    .replace(/\[(`?[^\]]*`?)\]\([^)]*\)/g, "$1")
    .trimEnd();
}

/** Ids that are near what was asked for; all of them where none is. */
export function nearestIds(id: string): readonly string[] {
  const words = id
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word.length > 2);
  const all = [...new Set([...FINDING_IDS, ...Object.keys(PAGES), ...Object.keys(TOLD_BY)])];
  const near = all.filter((known) => words.some((word) => known.includes(word)));
  return near.length > 0 ? near : all;
}
