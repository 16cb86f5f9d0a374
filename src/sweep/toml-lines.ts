// Where a key stands in a TOML text, so that a complaint about its value can name the line.

/** Such as ["grid", "alpha"], or ["list", 1, "alpha"] in the second of the tables [[list]]. */
export type TomlPath = readonly (string | number)[];

/** @returns 1 for the first line; undefined where nothing looks like it */
export function lineOf(text: string, path: TomlPath): number | undefined {
  let table: TomlPath = [];
  /** How many tables [[list]] there were. */
  const counts = new Map<string, number>();
  const wanted = path.join("\0");
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const header = /^\s*(\[\[?)([^[\]]+)\]\]?\s*(?:#.*)?$/.exec(line);
    if (header) {
      const [first, ...rest] = keysOf(header[2]!) as [string, ...string[]];
      if (header[1] === "[[") counts.set(first, (counts.get(first) ?? 0) + 1);
      table = counts.has(first) ? [first, counts.get(first)! - 1, ...rest] : [first, ...rest];
    }
    const key = header
      ? undefined
      : /^\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=/.exec(line);
    const here = key ? [...table, ...keysOf(key[1]!)] : header ? table : undefined;
    if (here?.join("\0") === wanted || (header && here![0] === wanted)) return index + 1;
  }
  return path.length > 1 ? lineOf(text, path.slice(0, -1)) : undefined;
}

function keysOf(dotted: string): string[] {
  return [...dotted.matchAll(/[\w-]+|"([^"]*)"|'([^']*)'/g)].map(
    ([whole, double, single]) => double ?? single ?? whole,
  );
}
