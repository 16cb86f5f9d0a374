// The difference of two texts as a unified patch, as `patch -p1` and `git apply` take it.

const context = 3;

/** Empty where nothing differs. */
export function unifiedPatch(path: string, before: string, after: string): string {
  if (before === after) return "";
  const [old, mended] = [linesOf(before), linesOf(after)];
  const pairs = matched(old, mended);
  const hunks: string[] = [];
  let change = pairs.findIndex(({ kind }) => kind !== " ");
  while (change >= 0) {
    let end = change;
    for (let at = change; at < pairs.length && at <= end + 2 * context; at++)
      if (pairs[at]!.kind !== " ") end = at;
    const from = Math.max(0, change - context);
    const part = pairs.slice(from, Math.min(pairs.length, end + 1 + context));
    const [first] = part;
    const oldCount = part.filter(({ kind }) => kind !== "+").length;
    const newCount = part.filter(({ kind }) => kind !== "-").length;
    hunks.push(
      `@@ -${first!.old},${oldCount} +${first!.mended},${newCount} @@`,
      ...part.map(({ kind, line }) => kind + line),
    );
    const next = pairs.slice(end + 1).findIndex(({ kind }) => kind !== " ");
    change = next < 0 ? -1 : end + 1 + next;
  }
  const plain = path.replaceAll("\\", "/").replace(/^\/+/, "");
  return [`--- a/${plain}`, `+++ b/${plain}`, ...hunks, ""].join("\n");
}

/** Each with its line's end; the last may have none. */
function linesOf(text: string): string[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  else lines.push(`${lines.pop()}\n\\ No newline at end of file`);
  return lines;
}

export interface Pair {
  readonly kind: " " | "-" | "+";
  readonly line: string;
  /** Line numbers from 1 in either text. */
  readonly old: number;
  readonly mended: number;
}

/** Lines in common are found by looking a little ahead: mends are a few lines long. */
export function matched(old: readonly string[], mended: readonly string[]): Pair[] {
  const pairs: Pair[] = [];
  let [i, j] = [0, 0];
  const put = (kind: Pair["kind"], line: string) => pairs.push({ kind, line, old: i + 1, mended: j + 1 });
  while (i < old.length || j < mended.length) {
    if (i < old.length && j < mended.length && old[i] === mended[j]) {
      put(" ", old[i]!);
      i++;
      j++;
      continue;
    }
    const [skipped, added] = nearest(old, mended, i, j);
    for (let k = 0; k < skipped; k++) {
      put("-", old[i]!);
      i++;
    }
    for (let k = 0; k < added; k++) {
      put("+", mended[j]!);
      j++;
    }
  }
  return pairs;
}

/** How many lines to leave out of either until two in a row agree again. */
function nearest(old: readonly string[], mended: readonly string[], i: number, j: number): [number, number] {
  for (let sum = 1; sum < 200; sum++) {
    for (let a = 0; a <= sum; a++) {
      const b = sum - a;
      if (i + a > old.length || j + b > mended.length) continue;
      if (old[i + a] === mended[j + b] && old[i + a + 1] === mended[j + b + 1]) return [a, b];
    }
  }
  return [old.length - i, mended.length - j];
}
