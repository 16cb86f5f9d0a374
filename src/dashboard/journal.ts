// What happened, in order and numbered, so that whoever lost the connection is told what came meanwhile. It holds a
// bounded stretch; whoever was away for longer, or comes from another life of the server, starts from the whole state.

import { randomBytes } from "node:crypto";
import type { WatchEvent } from "../curves/protocol.ts";

export interface JournalEntry {
  readonly number: number;
  readonly type: WatchEvent["type"];
  /** JSON. */
  readonly data: string;
}

export interface JournalOptions {
  /** Events kept. Default 5,000. */
  readonly events?: number;
  /** Characters kept. Default 8 million. */
  readonly characters?: number;
}

export class Journal {
  /** Differs with every life of the server. */
  readonly epoch = randomBytes(6).toString("base64url");
  readonly #maxEvents: number;
  readonly #maxCharacters: number;
  #entries: JournalEntry[] = [];
  #characters = 0;
  #last = 0;
  readonly #waiting = new Set<() => void>();

  constructor({ events = 5000, characters = 8_000_000 }: JournalOptions = {}) {
    this.#maxEvents = events;
    this.#maxCharacters = characters;
  }

  /** Number of the last event; 0 before the first. */
  get last(): number {
    return this.#last;
  }

  add(event: WatchEvent): void {
    const data = JSON.stringify(event);
    this.#entries.push({ number: ++this.#last, type: event.type, data });
    this.#characters += data.length;
    let drop = 0;
    while (this.#entries.length - drop > this.#maxEvents || this.#characters > this.#maxCharacters) {
      this.#characters -= this.#entries[drop++]!.data.length;
    }
    if (drop > 0) this.#entries = this.#entries.slice(drop);
    for (const wake of [...this.#waiting]) wake();
  }

  /** Events after a number; undefined where some of them are gone. */
  after(number: number): readonly JournalEntry[] | undefined {
    const missing = this.#last - number;
    if (missing < 0 || missing > this.#entries.length) return undefined;
    return missing === 0 ? [] : this.#entries.slice(-missing);
  }

  /** Settles when there is something after a number, or when the signal aborts. */
  async changed(number: number, signal: AbortSignal): Promise<void> {
    if (this.#last > number || signal.aborted) return;
    await new Promise<void>((settle) => {
      const wake = () => {
        this.#waiting.delete(wake);
        signal.removeEventListener("abort", wake);
        settle();
      };
      this.#waiting.add(wake);
      signal.addEventListener("abort", wake);
    });
  }

  /** How many wait for the next event. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** The id of an event, for `Last-Event-ID`. */
  id(number: number): string {
    return `${this.epoch}.${number}`;
  }

  /** The number in an id of this life; undefined for any other text. */
  numberOf(id: string | undefined): number | undefined {
    const match = id?.match(/^([\w-]+)\.(\d{1,15})$/);
    return match?.[1] === this.epoch ? Number(match[2]) : undefined;
  }
}
