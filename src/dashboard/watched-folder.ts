// A folder and the runs in it, kept up to date: files are followed as they grow, the folder is searched again for new
// ones, and whoever listens is told what changed. Slow disks and huge folders are asked less often, never more than a
// tenth of the time.

import { createHash } from "node:crypto";
import { realpath } from "node:fs/promises";
import { relative, resolve } from "node:path";
import { isExhausted } from "../files/exhausted.ts";
import { readFound } from "../runs/readers/find-logs.node.ts";
import { type ReadRuns, runsOf, type SettingsFile } from "../runs/readers/read-runs.ts";
import { type FoundLogs, findLogs, type KnownFile } from "../runs/readers/search-logs.node.ts";
import type { Series } from "../runs/series.ts";
import { LogTail } from "./log-tail.ts";

const POLL_MS = 150;
const SEARCH_MS = 1000;

export interface FoundRun {
  readonly id: string;
  /** Its path below the folder. */
  readonly name: string;
  /** The same object as before where nothing changed. */
  readonly series: Series;
  readonly changedAt: number;
}

interface CachedRuns {
  readonly versions: string;
  readonly settings: readonly SettingsFile[];
  readonly runs: ReadRuns;
}

export class WatchedFolder {
  readonly path: string;
  #root: string | undefined;
  #found: FoundLogs = { directories: [], metrics: [], settings: [], files: 0 };
  readonly #known = new Map<string, KnownFile>();
  #tails = new Map<string, LogTail>();
  #cache = new Map<string, CachedRuns>();
  #nextSearch = 0;

  constructor(path: string) {
    this.path = resolve(path);
  }

  /** Milliseconds until the next look is worth it, at least. */
  get pause(): number {
    return Math.max(POLL_MS, 9 * this.#lookTook);
  }
  #lookTook = 0;

  /**
   * Reads what is new.
   * @param onRun told each changed run with α as soon as it is read, and not only when all are
   * @returns every run there is now
   */
  async look(onRun: (run: FoundRun) => void | Promise<void> = () => {}): Promise<readonly FoundRun[]> {
    this.#root ??= await realpath(this.path).catch(() => undefined);
    const start = performance.now();
    if (start >= this.#nextSearch) {
      // Where the machine cannot look just now, what was found before is still there.
      this.#found = await findLogs(this.path, { confined: true, known: this.#known }).catch((error) => {
        if (!isExhausted(error)) throw error;
        return this.#found;
      });
      const end = performance.now();
      this.#nextSearch = end + Math.max(SEARCH_MS, 9 * (end - start));
    }
    const polled = performance.now();
    const runs = await this.#read(onRun);
    this.#lookTook = performance.now() - polled;
    return runs;
  }

  async #read(onRun: (run: FoundRun) => void | Promise<void>): Promise<readonly FoundRun[]> {
    const now = Date.now();
    const used = new Map<string, LogTail>();
    const cache = new Map<string, CachedRuns>();
    const read = async (paths: readonly string[], settings: readonly SettingsFile[]): Promise<ReadRuns> => {
      const tails: LogTail[] = [];
      for (const path of paths) {
        const tail = used.get(path) ?? this.#tails.get(path) ?? new LogTail(path, this.#root ?? this.path);
        if (!used.has(path)) await this.#poll(tail, now);
        used.set(path, tail);
        tails.push(tail);
      }
      const key = paths.join("\n");
      const versions = tails.map(({ version }) => version).join();
      const cached = this.#cache.get(key);
      const fresh = cached?.versions === versions && sameSettings(cached.settings, settings);
      const entry = fresh ? cached : { versions, settings, runs: this.#runsOf(tails, settings) };
      cache.set(key, entry);
      if (!fresh)
        for (const run of entry.runs.series) if (run.columns.alpha) await onRun(this.#foundRun(run, tails));
      return entry.runs;
    };
    const { series } = await readFound(this.#found, read);
    this.#tails = used;
    this.#cache = cache;
    const tails = [...used.values()];
    return series.map((run) => this.#foundRun(run, tails));
  }

  /** What goes wrong with a file stays with it: it is shown as it was, and not read again before it changes. */
  async #poll(tail: LogTail, now: number): Promise<void> {
    try {
      await tail.poll(now);
    } catch (error) {
      if (!isExhausted(error)) tail.giveUp();
    }
  }

  #runsOf(tails: readonly LogTail[], settings: readonly SettingsFile[]): ReadRuns {
    try {
      return runsOf(
        tails.flatMap(({ log }) => log ?? []),
        settings,
      );
    } catch {
      return { series: [], errors: [] };
    }
  }

  #foundRun(series: Series, tails: readonly LogTail[]): FoundRun {
    const name = relative(this.path, series.path) || series.path.slice(series.path.lastIndexOf("/") + 1);
    const file = series.path.replace(/#[^/]*$/, "");
    let changedAt = 0;
    for (const tail of tails) {
      if (tail.path === file || tail.path.startsWith(`${file}/`))
        changedAt = Math.max(changedAt, tail.changedAt);
    }
    const id = createHash("sha256").update(name).digest("base64url").slice(0, 12);
    return { id, name: shown(name), series, changedAt };
  }
}

/** The file's own name says nothing where a run has a directory to itself. */
function shown(name: string): string {
  return name.replace(
    /\/(?:metrics\.jsonl|progress\.(?:csv|txt|json)|result\.json|train\.csv|[^/]*tfevents[^/#]*)(?=$|#)/,
    "",
  );
}

/** Whoever else has something to do does it first. */
export function turn(): Promise<void> {
  return new Promise((resume) => setImmediate(resume));
}

function sameSettings(before: readonly SettingsFile[], after: readonly SettingsFile[]): boolean {
  return (
    before === after ||
    (before.length === after.length &&
      before.every(({ path, text }, i) => path === after[i]!.path && text === after[i]!.text))
  );
}
