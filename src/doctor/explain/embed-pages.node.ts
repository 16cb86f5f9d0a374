// Writes docs/doctor/*.md into pages.generated.ts, so that the command line can show them without the repository:
// `npx tsx src/doctor/explain/embed-pages.node.ts`. A test compares.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The module's text, from the pages as they are. */
export function pagesModule(): string {
  const folder = fileURLToPath(new URL("../../../docs/doctor/", import.meta.url));
  const pages = readdirSync(folder)
    .filter((name) => name.endsWith(".md") && !/^(README|real-programs)\.md$/.test(name))
    .sort()
    .map((name) => [name.slice(0, -".md".length), readFileSync(folder + name, "utf8")]);
  return `// Written by embed-pages.node.ts from docs/doctor.\n\nexport const PAGES: Readonly<Record<string, string>> = ${JSON.stringify(Object.fromEntries(pages), undefined, 2)};\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(fileURLToPath(new URL("pages.generated.ts", import.meta.url)), pagesModule());
}
