// Some lines at the end of the terminal that are redrawn in place: one write a picture, over the old one rather than
// after clearing it, inside a synchronised update where the terminal knows them, so that nothing flickers.

import { clipped } from "./line-width.ts";

const ESC = "\u001b[";
const [HIDE_CURSOR, SHOW_CURSOR] = [`${ESC}?25l`, `${ESC}?25h`];
const [BEGIN_UPDATE, END_UPDATE] = [`${ESC}?2026h`, `${ESC}?2026l`];
const [CLEAR_LINE, CLEAR_BELOW] = [`${ESC}K`, `${ESC}J`];

export interface Terminal {
  readonly columns: number;
  readonly rows: number;
  write(text: string): unknown;
}

export class LiveRegion {
  private readonly terminal: Terminal;
  private height = 0;
  private columns = 0;
  private shown: readonly string[] = [];
  /** What was printed after the last end of a line. */
  private unfinished = "";

  constructor(terminal: Terminal) {
    this.terminal = terminal;
  }

  draw(lines: readonly string[]): void {
    const { columns, rows } = this.terminal;
    const shown = lines.slice(0, Math.max(1, rows - 1)).map((line) => clipped(line, columns));
    const clear = this.columns !== 0 && this.columns !== columns;
    const text = shown.map((line) => `${line}${CLEAR_LINE}\n`).join("");
    this.terminal.write(
      BEGIN_UPDATE +
        HIDE_CURSOR +
        this.toTop() +
        (clear ? CLEAR_BELOW : "") +
        text +
        CLEAR_BELOW +
        END_UPDATE,
    );
    this.height = shown.length;
    this.columns = columns;
    this.shown = lines;
  }

  /** Text of somebody else: whole lines of it go above the picture, and stay there. */
  print(text: string): void {
    const lines = (this.unfinished + text).split("\n");
    this.unfinished = lines.pop()!;
    if (lines.length === 0) return;
    this.terminal.write(`${this.toTop()}${CLEAR_BELOW}${lines.map((line) => `${line}\n`).join("")}`);
    this.height = 0;
    this.draw(this.shown);
  }

  /** Leaves the last picture where it is; what is written next comes below. */
  end(): void {
    if (this.unfinished !== "") this.print("\n");
    this.terminal.write(SHOW_CURSOR);
    this.height = 0;
  }

  private toTop(): string {
    if (this.height === 0) return "";
    // A terminal made narrower has broken the old lines into several.
    const folded = Math.max(1, Math.ceil(this.columns / this.terminal.columns));
    return `\r${ESC}${this.height * folded}A`;
  }
}
