// Lines of code of two checkouts beside each other, by what can be reached from an entry: lines that hold a token, so neither blank
// nor comment; tests and generated files are left out.
//
//   npx tsx test/lines.ts OTHER ENTRY…        e.g. ../older src/index.ts src/engines/wasm/index.ts

import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import ts from "typescript";

function linesOf(text: string): number {
  const file = ts.createSourceFile("x.tsx", text, ts.ScriptTarget.Latest, true);
  const lines = new Set<number>();
  const visit = (node: ts.Node) => {
    const children = node
      .getChildren(file)
      .filter(({ kind }) => kind < ts.SyntaxKind.FirstJSDocNode || kind > ts.SyntaxKind.LastJSDocNode);
    for (const child of children) visit(child);
    if (children.length > 0 || node.getWidth(file) === 0) return;
    const [first, last] = [node.getStart(file), node.getEnd()].map(
      (at) => file.getLineAndCharacterOfPosition(at).line,
    );
    for (let line = first!; line <= last!; line++) lines.add(line);
  };
  visit(file);
  return lines.size;
}

/** Lines of each source file that the entry imports, directly or by others, lazily too. */
function reached(root: string, entry: string): number[] {
  const found = new Map<string, number>();
  const open = [join(root, entry)];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (found.has(path) || path.includes(".generated.") || !existsSync(path)) continue;
    const text = readFileSync(path, "utf8");
    found.set(path, linesOf(text));
    for (const [, name] of text.matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+\.tsx?)"/g))
      open.push(resolve(dirname(path), name!));
  }
  return [...found.values()];
}

const [other, ...entries] = process.argv.slice(2);
const here = resolve(import.meta.dirname, "..");
for (const entry of entries) {
  const [before, now] = [resolve(other!), here].map((root) => reached(root, entry));
  const sum = (lines: readonly number[]) => lines.reduce((all, each) => all + each, 0);
  const change = (100 * (sum(now!) / sum(before!) - 1)).toFixed(1);
  console.log(
    `${entry}: ${sum(before!)} lines in ${before!.length} files, here ${sum(now!)} in ${now!.length} (${change}%)`,
  );
}
