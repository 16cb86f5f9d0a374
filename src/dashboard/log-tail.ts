// A log file that is followed while it is written: only what was appended is read, into a parser that stays alive. A file
// that was cut short, replaced or written anew is noticed by its size, its inode, or the bytes it had, and read again
// from its beginning; one that is gone leaves nothing behind.

import { constants } from "node:fs";
import { type FileHandle, open, realpath, stat } from "node:fs/promises";
import { unlessExhausted } from "../files/exhausted.ts";
import { HEAD_BYTES, parserFor } from "../runs/readers/detect.ts";
import { JsonDocumentParser } from "../runs/readers/json-parser.ts";
import { LogError } from "../runs/readers/log-error.ts";
import type { LogParser, ParsedLog } from "../runs/readers/parsed-log.ts";
import { readLog } from "../runs/readers/read-log.ts";
import { isGzip } from "../runs/readers/source.ts";

const CHUNK_BYTES = 1024 * 1024;
/** As many of the last bytes read are compared before reading on. */
const REMEMBERED_BYTES = 64;
/** A log that is quiet for so long may have ended in the middle of its last line. */
const QUIET_MS = 10_000;

export class LogTail {
  readonly path: string;
  /** Rises with every change; 0 until something was read. */
  version = 0;
  /** Milliseconds since 1970 of the file's last change. */
  changedAt = 0;
  /** What was read so far; undefined where the file is gone, empty, or no log. */
  log: ParsedLog | undefined;
  readonly #root: string;
  #parser: LogParser | undefined;
  /** Whole file while it is shorter than what detection wants to see. */
  #head: Buffer = Buffer.alloc(0);
  #last: Buffer = Buffer.alloc(0);
  #offset = 0;
  #inode = 0;
  #modified = 0;
  #flushed = false;

  /** @param root the real path of the folder that the file must lie in */
  constructor(path: string, root: string) {
    this.path = path;
    this.#root = root;
  }

  /** Bytes read since the beginning of the file. */
  get offset(): number {
    return this.#offset;
  }

  /**
   * Reads what is new.
   * @returns whether anything changed
   * @throws the file system's error where the machine is exhausted: the log stays as it was
   */
  async poll(now: number): Promise<boolean> {
    const info = await stat(this.path).catch(unlessExhausted(undefined));
    if (!info?.isFile()) return this.#forget();
    const unchanged =
      info.ino === this.#inode && info.size === this.#offset && info.mtimeMs === this.#modified;
    if (unchanged) return this.#flushWhenQuiet(now);
    const file = await this.#open();
    if (!file) return this.#forget();
    try {
      const { size, ino, mtimeMs } = await file.stat();
      const goesOn =
        ino === this.#inode && size >= this.#offset && !this.#flushed && (await this.#remembers(file));
      if (!goesOn) this.#restart();
      const appended = size > this.#offset;
      this.#inode = ino;
      this.#modified = mtimeMs;
      this.changedAt = mtimeMs;
      if (!appended && goesOn) return false;
      await this.#read(file, size);
      this.version++;
      return true;
    } finally {
      await file.close();
    }
  }

  /** Leaves the file alone until it changes: reading it failed. */
  giveUp(): void {
    this.log = undefined;
    this.#parser = undefined;
    this.#head = Buffer.alloc(0);
    this.version++;
  }

  #forget(): boolean {
    const had = this.log !== undefined;
    this.#restart();
    this.#inode = 0;
    if (had) this.version++;
    return had;
  }

  #restart(): void {
    this.log = undefined;
    this.#parser = undefined;
    this.#head = Buffer.alloc(0);
    this.#last = Buffer.alloc(0);
    this.#offset = 0;
    this.#flushed = false;
  }

  /** The file behind the path, where that is a plain file within the folder. */
  async #open(): Promise<FileHandle | undefined> {
    const real = await realpath(this.path).catch(unlessExhausted(undefined));
    if (real === undefined || !real.startsWith(`${this.#root}/`)) return undefined;
    // Not through a link that took the file's place meanwhile, and not waiting where it became a pipe.
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    const file = await open(real, flags).catch(unlessExhausted(undefined));
    if (file && !(await file.stat()).isFile()) {
      await file.close();
      return undefined;
    }
    return file;
  }

  /** Whether the bytes before the offset are still those that were read. */
  async #remembers(file: FileHandle): Promise<boolean> {
    if (this.#last.length === 0) return true;
    const before = Buffer.alloc(this.#last.length);
    const { bytesRead } = await file.read(before, 0, before.length, this.#offset - before.length);
    return bytesRead === before.length && before.equals(this.#last);
  }

  async #read(file: FileHandle, size: number): Promise<void> {
    const buffer = Buffer.alloc(Math.min(CHUNK_BYTES, Math.max(1, size - this.#offset)));
    while (this.#offset < size) {
      const length = Math.min(buffer.length, size - this.#offset);
      const { bytesRead } = await file.read(buffer, 0, length, this.#offset);
      if (bytesRead === 0) break;
      const chunk = Buffer.from(buffer.subarray(0, bytesRead));
      this.#offset += bytesRead;
      this.#last = Buffer.from(Buffer.concat([this.#last, chunk]).subarray(-REMEMBERED_BYTES));
      if (this.#parser) this.#parser.push(chunk);
      else this.#head = Buffer.concat([this.#head, chunk]);
      if (!this.#parser && this.#head.length >= HEAD_BYTES && !isGzip(this.#head)) this.#begin();
    }
    if (!this.#parser) await this.#readHead();
    else if (this.#parser instanceof JsonDocumentParser) await this.#readWhole(file);
  }

  /** From here on the parser lives as long as the file. */
  #begin(): void {
    this.#parser = parserFor(this.path, this.#head);
    this.log = this.#parser?.log;
    this.#parser?.push(this.#head);
    this.#head = this.#parser ? Buffer.alloc(0) : this.#head.subarray(0, HEAD_BYTES);
  }

  /** A short file is parsed anew each time, as what it is may show only with its second line. */
  async #readHead(): Promise<void> {
    this.log = undefined;
    const head = this.#head;
    if (isGzip(head)) {
      this.log = await readLog({ path: this.path, bytes: head }).catch(none);
      return;
    }
    if (head.length === 0 || (!head.includes(0) && !head.includes(10))) return;
    const parser = parserFor(this.path, head);
    parser?.push(head);
    try {
      if (parser instanceof JsonDocumentParser) parser.end();
      this.log = parser?.log;
    } catch (error) {
      if (!(error instanceof LogError)) throw error;
    }
  }

  /** A document that is not a list of lines is written as a whole each time. */
  async #readWhole(file: FileHandle): Promise<void> {
    const bytes = Buffer.alloc(this.#offset);
    await file.read(bytes, 0, bytes.length, 0);
    this.log = await readLog({ path: this.path, bytes }).catch(none);
  }

  /** The last line of a log that nobody writes any more counts, also without its line end. */
  #flushWhenQuiet(now: number): boolean {
    const cut = this.#last.length > 0 && this.#last.at(-1) !== 10;
    if (!cut || this.#flushed || now - this.changedAt < QUIET_MS || this.log?.axis === "step") return false;
    this.#flushed = true;
    const parser = this.#parser ?? (isGzip(this.#head) ? undefined : parserFor(this.path, this.#head));
    if (!parser || parser instanceof JsonDocumentParser) return false;
    if (parser !== this.#parser) parser.push(this.#head);
    parser.end();
    this.log = parser.log;
    this.version++;
    return true;
  }
}

function none(error: unknown): undefined {
  if (!(error instanceof LogError)) throw error;
  return undefined;
}
