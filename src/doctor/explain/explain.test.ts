import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { FINDING_IDS } from "../finding.ts";
import { pagesModule } from "./embed-pages.node.ts";
import { explain, nearestIds } from "./explain.ts";

describe("explanations", () => {
  it.each(FINDING_IDS)("%s has a page that says how it shows, why, and what to do", (id) => {
    const text = explain(id)!;
    for (const part of ["## How it shows", "## Proof", "## What to do", "## Seen before"])
      expect(text).toContain(part);
    expect(text).toMatch(new RegExp(`^# \`${id}\``));
    expect(text).not.toContain("](");
  });

  it("are those of docs/doctor: npx tsx src/doctor/explain/embed-pages.node.ts writes them anew", () => {
    const written = readFileSync(new URL("pages.generated.ts", import.meta.url), "utf8");
    const pages = (text: string) => JSON.parse(text.slice(text.indexOf("{"), text.lastIndexOf("}") + 1));
    expect(pages(written)).toEqual(pages(pagesModule()));
  });

  it("stand in the table of docs/doctor, every one", () => {
    const table = readFileSync(new URL("../../../docs/doctor/README.md", import.meta.url), "utf8");
    const listed = [...table.matchAll(/^\| \[`([a-z-]+)`\]/gm)].map((match) => match[1]);
    expect(listed).toEqual([...FINDING_IDS]);
  });

  it("are offered by the words of what was asked for", () => {
    expect(explain("nothing-of-the-kind")).toBeUndefined();
    expect(nearestIds("Q diverged")).toContain("q-diverged");
  });
});
