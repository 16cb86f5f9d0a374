// A finding's page as text for a terminal: what happened, how it shows, the proof, what to do. The pages are those of
// docs/doctor.

import { FINDING_IDS } from "../finding.ts";
import { PAGES } from "./pages.generated.ts";

/** The page without its links and pictures; undefined where there is no such finding. */
export function explain(id: string): string | undefined {
  const page = PAGES[id];
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
  const near = FINDING_IDS.filter((known) => words.some((word) => known.includes(word)));
  return near.length > 0 ? near : FINDING_IDS;
}
