// Draws a terminal's text with its ANSI colours as an SVG picture, for documents. Braille and rules become shapes and
// every run of text gets its exact width, so that the picture looks the same whatever fonts there are.
//
//   tmux capture-pane -e -p -t SESSION | npx tsx scripts/terminal-svg.ts "TITLE" > docs/images/train.svg

import { readFileSync } from "node:fs";

const [CELL_WIDTH, CELL_HEIGHT, FONT_SIZE, PADDING] = [8.4, 19, 14, 18];

const PAPER = "#14161b";
const INK = "#e2e4e9";
const COLORS: Readonly<Record<number, string>> = {
  31: "#f07178",
  32: "#8fd18f",
  33: "#f0c36a",
  34: "#6ea8fe",
  35: "#d59bf0",
  36: "#6fd3e0",
};

interface Style {
  readonly color: string;
  readonly bold: boolean;
  readonly dim: boolean;
}

const plain: Style = { color: INK, bold: false, dim: false };

interface Run {
  readonly text: string;
  readonly column: number;
  readonly style: Style;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with a control character
const ESCAPE = /\u001b\[([0-9;]*)m/;

function styled(style: Style, codes: string): Style {
  let { color, bold, dim } = style;
  for (const code of (codes || "0").split(";").map(Number)) {
    if (code === 0) ({ color, bold, dim } = plain);
    else if (code === 1) bold = true;
    else if (code === 2) dim = true;
    else if (code === 22) [bold, dim] = [false, false];
    else if (code === 39) color = INK;
    else color = COLORS[code] ?? color;
  }
  return { color, bold, dim };
}

/** Runs of one style, cut where the kind of character changes. */
function runsOf(line: string, start: Style): { runs: Run[]; style: Style } {
  const runs: Run[] = [];
  let [style, column] = [start, 0];
  for (const [i, part] of line.split(ESCAPE).entries()) {
    if (i % 2 === 1) {
      style = styled(style, part);
      continue;
    }
    for (const text of part.match(
      /[\u2800-\u28ff]+|[━─]+| +|[^\u2800-\u28ff━─ ]+(?: [^\u2800-\u28ff━─ ]+)*/g,
    ) ?? []) {
      runs.push({ text, column, style });
      column += [...text].length;
    }
  }
  return { runs, style };
}

function draw({ text, column, style }: Run, row: number): string {
  const x = PADDING + column * CELL_WIDTH;
  const y = PADDING + row * CELL_HEIGHT;
  const width = [...text].length * CELL_WIDTH;
  const opacity = style.dim ? ' opacity="0.55"' : "";
  if (text.trim() === "") return "";
  if (/^[━─]/.test(text)) {
    const thickness = text.startsWith("━") ? 4 : 1.5;
    const middle = y + CELL_HEIGHT / 2 - thickness / 2;
    return `<rect x="${fixed(x)}" y="${fixed(middle)}" width="${fixed(width)}" height="${thickness}" fill="${style.color}"${opacity}/>`;
  }
  if (/^[\u2800-\u28ff]/.test(text)) return `<g fill="${style.color}"${opacity}>${braille(text, x, y)}</g>`;
  const weight = style.bold ? ' font-weight="700"' : "";
  return `<text x="${fixed(x)}" y="${fixed(y + 0.74 * CELL_HEIGHT)}" textLength="${fixed(width)}" fill="${style.color}"${weight}${opacity}>${escaped(text)}</text>`;
}

function braille(text: string, x: number, y: number): string {
  const bits = [
    [0x01, 0x08],
    [0x02, 0x10],
    [0x04, 0x20],
    [0x40, 0x80],
  ];
  return [...text]
    .flatMap((character, cell) =>
      bits.flatMap((columns, dy) =>
        columns.map((bit, dx) =>
          (character.charCodeAt(0) - 0x2800) & bit
            ? `<circle cx="${fixed(x + (cell + (dx + 0.5) / 2) * CELL_WIDTH)}" cy="${fixed(y + ((dy + 0.5) / 4) * CELL_HEIGHT)}" r="1.5"/>`
            : "",
        ),
      ),
    )
    .join("");
}

function fixed(value: number): string {
  return String(Math.round(value * 100) / 100);
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

const lines = readFileSync(0, "utf8").trimEnd().split("\n");
while (lines[0]?.trim() === "") lines.shift();
const shapes: string[] = [];
let style = plain;
let columns = 0;
for (const [row, line] of lines.entries()) {
  const { runs, style: after } = runsOf(line, style);
  style = after;
  for (const run of runs)
    if (run.text.trim() !== "") columns = Math.max(columns, run.column + [...run.text].length);
  shapes.push(...runs.map((run) => draw(run, row)).filter(Boolean));
}
const [width, height] = [
  fixed(2 * PADDING + columns * CELL_WIDTH),
  fixed(2 * PADDING + lines.length * CELL_HEIGHT),
];
process.stdout.write(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace" font-size="${FONT_SIZE}" xml:space="preserve">
<title>${escaped(process.argv[2] ?? "A terminal")}</title>
<rect width="${width}" height="${height}" rx="10" fill="${PAPER}"/>
${shapes.join("\n")}
</svg>
`);
