// A child process that trains, as its worker sees it: one segment at a time, told to end early, killed, made again.

import { type ChildProcess, fork } from "node:child_process";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import type { SegmentProgress } from "./segment.ts";
import type { FromProcess, ToProcess, TrainingOrder } from "./segment-process.ts";

/** How a segment ended. */
export type Outcome =
  | Exclude<FromProcess, { kind: "progress" }>
  /** The process is gone. */
  | { readonly kind: "gone"; readonly message: string };

export interface SegmentOrder extends TrainingOrder {
  onProgress(progress: SegmentProgress): void;
}

const entry = fileURLToPath(new URL(`./segment-process${extname(import.meta.url)}`, import.meta.url));
/** Characters of what a process said before it died. */
const LAST_WORDS = 500;

export class Trainer {
  private child: ChildProcess | undefined;
  private lastWords = "";
  private onMessage: ((message: FromProcess) => void) | undefined;
  private onGone: ((message: string) => void) | undefined;

  async train({ onProgress, ...order }: SegmentOrder): Promise<Outcome> {
    const child = this.living();
    try {
      return await new Promise<Outcome>((resolve) => {
        this.onGone = (message) => resolve({ kind: "gone", message });
        this.onMessage = (message) => {
          if (message.kind === "progress") onProgress(message.progress);
          else resolve(message);
        };
        child.send({ kind: "segment", ...order } satisfies ToProcess, (error) => {
          if (error) resolve({ kind: "gone", message: error.message });
        });
      });
    } finally {
      this.onMessage = undefined;
      this.onGone = undefined;
    }
  }

  /** The segment in work ends at its next row of metrics. */
  drain(): void {
    if (this.child?.connected) this.child.send({ kind: "drain" } satisfies ToProcess, () => {});
  }

  /** At once; what it works on is gone. */
  kill(): void {
    this.child?.kill("SIGKILL");
  }

  private living(): ChildProcess {
    if (this.child?.connected) return this.child;
    // Numbers keep their NaN with the advanced serialization.
    const child = fork(entry, [], { serialization: "advanced", stdio: ["ignore", "ignore", "pipe", "ipc"] });
    this.child = child;
    this.lastWords = "";
    child.stderr!.setEncoding("utf8").on("data", (text: string) => {
      this.lastWords = (this.lastWords + text).slice(-LAST_WORDS);
    });
    child.on("message", (message) => this.onMessage?.(message as FromProcess));
    child.on("error", (error) => this.onGone?.(error.message));
    child.on("exit", (code, signal) => {
      if (this.child === child) this.child = undefined;
      const how = signal ? `was ended by ${signal}` : `ended with exit code ${code}`;
      const words = this.lastWords.trim();
      this.onGone?.(`the training process ${how}${words === "" ? "" : `: ${words}`}`);
    });
    return child;
  }
}
