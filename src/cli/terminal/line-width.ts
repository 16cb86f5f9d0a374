// Lines with colours in them have a width that their length does not tell.

// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with a control character
const ESCAPE = /\u001b\[[0-9;]*m/g;

/** Cells that a line takes; every character used here takes one. */
export function widthOf(line: string): number {
  return [...line.replace(ESCAPE, "")].length;
}

/** The line with spaces after it, up to `width` cells. */
export function padded(line: string, width: number): string {
  return line + " ".repeat(Math.max(0, width - widthOf(line)));
}

/** `left` and `right` at the two ends of a line. */
export function spread(left: string, right: string, width: number): string {
  return padded(left, width - widthOf(right)) + right;
}

/** The line without what goes beyond `width` cells; colours end with it. */
export function clipped(line: string, width: number): string {
  if (widthOf(line) <= width) return line;
  let cells = 0;
  let result = "";
  for (const [part, isEscape] of pieces(line)) {
    if (isEscape) result += part;
    else if (cells < width) {
      const taken = [...part].slice(0, width - cells);
      cells += taken.length;
      result += taken.join("");
    }
  }
  return result;
}

/** The line, or its beginning with an ellipsis. */
export function cut(line: string, width: number): string {
  return widthOf(line) <= width ? line : `${clipped(line, width - 1)}…`;
}

function* pieces(line: string): Generator<[text: string, isEscape: boolean]> {
  let at = 0;
  for (const match of line.matchAll(ESCAPE)) {
    yield [line.slice(at, match.index), false];
    yield [match[0], true];
    at = match.index + match[0].length;
  }
  yield [line.slice(at), false];
}
