// Where a key stands in a TOML text, so that a complaint about its value can name the line.

/** @param path such as ["grid", "alpha"] @returns 1 for the first line; undefined where nothing looks like it */
export function lineOf(text: string, path: readonly string[]): number | undefined {
  let table: readonly string[] = [];
  const wanted = path.join("\0");
  const lines = text.split(/\r?\n/);
  for (const [index, line] of lines.entries()) {
    const header = /^\s*\[\[?([^[\]]+)\]\]?\s*(?:#.*)?$/.exec(line);
    if (header) table = keysOf(header[1]!);
    const key = header
      ? undefined
      : /^\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=/.exec(line);
    const here = key ? [...table, ...keysOf(key[1]!)] : header ? table : undefined;
    if (here?.join("\0") === wanted) return index + 1;
  }
  return path.length > 1 ? lineOf(text, path.slice(0, -1)) : undefined;
}

function keysOf(dotted: string): string[] {
  return [...dotted.matchAll(/[\w-]+|"([^"]*)"|'([^']*)'/g)].map(
    ([whole, double, single]) => double ?? single ?? whole,
  );
}
