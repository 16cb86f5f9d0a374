// What the reader of code can name has a page, which shows how it looks in code: its wrong lines are found, as they
// stand there, and its right ones are read without a word.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readSource } from "../../src/code/index.ts";
import { explain } from "../../src/doctor/explain/explain.ts";

const pages = new URL("../../docs/doctor/", import.meta.url);
/** The reader does not see these in plain programs yet; their wrong lines must be found once it does. */
const UNSEEN = new Set(["alpha-in-actor-loss", "log-prob-attached"]);

/** Ids that a source of the reader gives to findings, with the page that each refers to. */
function emitted(): Map<string, string> {
  const folder = new URL("../../src/code/", import.meta.url);
  const found = new Map<string, string>();
  for (const file of readdirSync(folder).filter((name) => !name.includes(".test."))) {
    const text = readFileSync(new URL(file, folder), "utf8");
    for (const [, id, between, page] of text.matchAll(
      /\bid: "([\w-]+)"((?:(?!\bid: ")[\s\S])*?)reference: "([\w-]+)"/g,
    )) {
      expect(between).toContain("severity");
      found.set(id!, page!);
    }
  }
  return found;
}

interface Snippet {
  readonly page: string;
  /** Undefined for one that is right. */
  readonly id: string | undefined;
  readonly code: string;
}

/** Fenced Python below "How it looks in code"; `# wrong (id)` names an id that is not the page's. */
function snippetsOf(page: string): Snippet[] {
  const text = readFileSync(new URL(`${page}.md`, pages), "utf8");
  const section = text.split("## How it looks in code\n")[1]?.split(/^## /m)[0] ?? "";
  return [...section.matchAll(/```python\n([\s\S]*?)```/g)].flatMap(([, code]) => {
    const wrong = /^# wrong(?: \(([\w-]+)\))?/.exec(code!);
    if (!wrong && !code!.startsWith("# right")) return [];
    return [{ page, id: wrong ? (wrong[1] ?? page) : undefined, code: code! }];
  });
}

const ids = emitted();
const snippets = [...new Set(ids.values())]
  .filter((page) => existsSync(new URL(`${page}.md`, pages)))
  .flatMap(snippetsOf);
const titled = (one: Snippet): [string, Snippet] => [`${one.page}: ${one.code.split("\n")[0]}`, one];

it("refers to pages that are there", () => {
  expect(ids.size).toBeGreaterThan(25);
  for (const [id, page] of ids) expect(explain(id), id).toContain(`\`${page}\``);
  const missing = [...ids.values()].filter((page) => !existsSync(new URL(`${page}.md`, pages)));
  expect(missing).toEqual([]);
});

it("shows wrong and right lines of every fault, and lists every id", () => {
  const list = readFileSync(new URL("README.md", pages), "utf8");
  for (const [id, page] of ids) {
    expect(list.replaceAll("`", "")).toContain(`[${id}](${page}.md)`);
    if (id === "fixed-alpha") continue;
    expect(
      snippets.filter((one) => one.id === id && one.page === page),
      id,
    ).not.toEqual([]);
    expect(
      snippets.filter((one) => one.id === undefined && one.page === page),
      page,
    ).not.toEqual([]);
  }
});

describe("wrong lines are found", () => {
  it.each(snippets.filter(({ id }) => id !== undefined && !UNSEEN.has(id)).map(titled))(
    "%s",
    (_, { id, code }) => {
      expect(ids.has(id!), id).toBe(true);
      expect(readSource(code)?.findings.map((one) => one.id)).toEqual([id]);
    },
  );
});

describe("right lines are read in silence", () => {
  it.each(snippets.filter(({ id }) => id === undefined).map(titled))("%s", (_, { code }) => {
    expect(readSource(code)?.findings).toEqual([]);
  });
});

it("a fixed α is told and no fault", () => {
  const [told] = readFileSync(new URL("fixed-alpha.md", pages), "utf8").match(
    /(?<=```python\n)# told[\s\S]*?(?=```)/,
  )!;
  expect(readSource(told)).toMatchObject({
    verdict: "right",
    findings: [{ id: "fixed-alpha", severity: "info" }],
  });
});
