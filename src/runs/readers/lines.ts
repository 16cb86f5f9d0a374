// Text lines from chunks of bytes: UTF-8 or UTF-16 with a byte-order mark, any line ending, bounded memory however
// long a line is.

/** Longer lines are cut; what follows up to the line's end is dropped. */
const MAX_LINE = 8 * 1024 * 1024;

/** @param terminated false only for a last line without a line ending, which may have been cut short */
export type OnLine = (line: string, terminated: boolean) => void;

export class LineSplitter {
  /** Lines that were longer than any log's. */
  overlong = 0;
  readonly #onLine: OnLine;
  #decoder: TextDecoder | undefined;
  #rest = "";
  #dropping = false;

  constructor(onLine: OnLine) {
    this.#onLine = onLine;
  }

  push(chunk: Uint8Array): void {
    this.#decoder ??= new TextDecoder(encodingOf(chunk));
    this.#split(this.#decoder.decode(chunk, { stream: true }));
  }

  end(): void {
    if (this.#decoder) this.#split(this.#decoder.decode());
    if (this.#rest !== "") this.#onLine(withoutReturn(this.#rest), false);
    this.#rest = "";
  }

  #split(text: string): void {
    let from = 0;
    for (;;) {
      const to = text.indexOf("\n", from);
      if (to < 0) break;
      const piece = text.slice(from, to);
      from = to + 1;
      if (this.#dropping) this.#dropping = false;
      else this.#onLine(withoutReturn(this.#rest === "" ? piece : this.#rest + piece), true);
      this.#rest = "";
    }
    if (this.#dropping) return;
    this.#rest += text.slice(from);
    if (this.#rest.length > MAX_LINE) {
      this.overlong++;
      this.#dropping = true;
      this.#rest = "";
    }
  }
}

/** By the byte-order mark; UTF-8 without one. */
export function encodingOf(head: Uint8Array): "utf-8" | "utf-16le" | "utf-16be" {
  if (head[0] === 0xff && head[1] === 0xfe) return "utf-16le";
  return head[0] === 0xfe && head[1] === 0xff ? "utf-16be" : "utf-8";
}

/** Progress bars overwrite a line with carriage returns: what stands last is what was seen. */
function withoutReturn(line: string): string {
  const end = line.endsWith("\r") ? line.length - 1 : line.length;
  const bar = line.lastIndexOf("\r", end - 1);
  return bar >= 0 ? line.slice(bar + 1, end) : line.slice(0, end);
}
