// Where the statements of a program stand: a finding is on the right line if it names any line of the right statement.

/** The first and last line, from 1, of the statement around a place. */
export function statementAround(text: string, from: number, to: number): readonly [number, number] {
  const lines = text.split("\n");
  const first = lineAt(text, from);
  const last = lineAt(text, to);
  const spans = statementSpans(lines);
  return [
    spans.find(([start, end]) => start <= first && first <= end)?.[0] ?? first,
    spans.find(([start, end]) => start <= last && last <= end)?.[1] ?? last,
  ];
}

export function lineAt(text: string, at: number): number {
  let line = 1;
  for (let i = 0; i < at; i++) if (text[i] === "\n") line++;
  return line;
}

/** Lines belong together while a bracket is open, and where a method chain goes on with a dot. */
function statementSpans(lines: readonly string[]): [number, number][] {
  const spans: [number, number][] = [];
  /** How many brackets were open outside of each block: what stands in a block are statements again. */
  const outside: number[] = [];
  let open = 0;
  for (const [index, line] of lines.entries()) {
    if (outside.length > 0 && /^\s*\}/.test(line)) open = outside.pop()!;
    const goesOn = open > 0 || /^\s*\./.test(line);
    const span = spans.at(-1);
    if (goesOn && span) span[1] = index + 1;
    else spans.push([index + 1, index + 1]);
    open = Math.max(0, open + opened(line));
    if (/(=>|\)|else|try)\s*\{\s*$/.test(line)) {
      outside.push(open - 1);
      open = 0;
    }
  }
  return spans;
}

function opened(line: string): number {
  const code = line.replace(/"[^"]*"|'[^']*'|`[^`]*`/g, "").replace(/(#|\/\/).*$/, "");
  let count = 0;
  for (const letter of code) {
    if ("([{".includes(letter)) count++;
    if (")]}".includes(letter)) count--;
  }
  return count;
}
