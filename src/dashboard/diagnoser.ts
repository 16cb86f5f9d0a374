// The doctor, asked about runs one after the other: about a long one in a thread, so that whoever asks the server for
// something else meanwhile is answered.

import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import type { Series } from "../runs/series.ts";
import { type ShownDiagnosis, shownDiagnosis } from "./shown-diagnosis.ts";

/** Rows that are looked at in some 20 ms, no more than it takes to hand them over. */
const SHORT = 10_000;
const entry = new URL(`./diagnosis-thread${extname(import.meta.url)}`, import.meta.url);

interface Waiting {
  resolve(shown: ShownDiagnosis): void;
  reject(error: Error): void;
}

export class Diagnoser {
  #worker: Worker | undefined;
  #waiting: Waiting | undefined;
  #closed = false;

  /** One at a time. @throws by rejecting, where the thread ends before it answers */
  async diagnose(series: Series): Promise<ShownDiagnosis> {
    if (series.length <= SHORT) return shownDiagnosis(series);
    try {
      return await new Promise((resolve, reject) => {
        this.#waiting = { resolve, reject };
        this.#thread().postMessage(series);
      });
    } catch (error) {
      // Sources that nobody has built: threads of Node 20 cannot read TypeScript.
      if ((error as NodeJS.ErrnoException).code === "ERR_UNKNOWN_FILE_EXTENSION")
        return shownDiagnosis(series);
      throw error;
    }
  }

  close(): void {
    this.#closed = true;
    void this.#worker?.terminate();
  }

  #thread(): Worker {
    if (this.#closed) throw new Error("the dashboard is closed");
    if (this.#worker) return this.#worker;
    const worker = new Worker(entry);
    // Nobody waits for it where the program ends.
    worker.unref();
    const ended = (error: Error) => {
      if (this.#worker === worker) this.#worker = undefined;
      this.#waiting?.reject(error);
    };
    worker.on("message", (shown: ShownDiagnosis) => this.#waiting?.resolve(shown));
    worker.on("error", ended);
    worker.on("exit", (code) => ended(new Error(`the thread ended with ${code} before it answered`)));
    this.#worker = worker;
    return worker;
  }
}
