// The guides of docs/guides: their TypeScript runs as a reader's would, only with fewer steps, and what a comment says that a
// line prints, it prints.

import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, expect, it } from "vitest";

const GUIDES = new URL("../docs/guides/", import.meta.url);
const ROOT = new URL("../", import.meta.url);
const place = mkdtempSync(join(tmpdir(), "tempered-guides-"));
afterAll(() => rmSync(place, { recursive: true, force: true }));

/** What the package's entries are made of, since tests run without a build. */
const ENTRIES = JSON.parse(readFileSync(new URL("package.json", ROOT), "utf8")).exports as Readonly<
  Record<string, { readonly default: string }>
>;

function withSources(code: string): string {
  return code.replaceAll(/from "tempered(\/[\w/]+)?"/g, (_, entry = "") => {
    const built = ENTRIES[`.${entry}`];
    if (!built) throw new Error(`There is no entry tempered${entry}`);
    const source = built.default.replace("./dist/", "src/").replace(/\.js$/, ".ts");
    return `from ${JSON.stringify(fileURLToPath(new URL(source, ROOT)))}`;
  });
}

/** Enough to see that it runs. */
function shortened(code: string): string {
  return code
    .replaceAll(/totalTimesteps: [\d_]+/g, "totalTimesteps: 300")
    .replaceAll(/every: [\d_]+/g, "every: 150")
    .replaceAll(/logEvery: [\d_]+/g, "logEvery: 100");
}

const blocks = readdirSync(GUIDES)
  .filter((name) => name.endsWith(".md"))
  .flatMap((name) => {
    const text = readFileSync(new URL(name, GUIDES), "utf8");
    return [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map((match, i) => ({
      name: `${name}, block ${i + 1}`,
      code: match[1]!,
    }));
  });

it("there are guides", () => expect(blocks.length).toBeGreaterThan(8));

it.each(blocks)("$name", async ({ name, code }) => {
  const file = join(place, `${name.replaceAll(/\W+/g, "-")}.mts`);
  writeFileSync(file, withSources(shortened(code)));
  const node = [process.execPath, ["--import", import.meta.resolve("tsx"), file], { cwd: place }] as const;
  const { stdout, stderr } = await promisify(execFile)(...node);
  expect(stderr).toBe("");
  const printed = [...code.matchAll(/console\.log\(.*\); \/\/ ([^\n:]+)/g)].map((match) => match[1]!.trim());
  for (const line of printed) expect(stdout.split("\n")).toContain(line);
});

it("their links lead somewhere", () => {
  for (const name of readdirSync(GUIDES)) {
    const text = readFileSync(new URL(name, GUIDES), "utf8");
    for (const [, target] of text.matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g)) {
      expect(existsSync(new URL(target!, GUIDES)), `${name} → ${target}`).toBe(true);
    }
  }
});
