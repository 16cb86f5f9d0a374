// The page's side of the training: what is set, what the worker last said, and the words to it. Everything that the
// panels show is a signal here; what moves many times a second (the scene) is handed to listeners instead.

import { batch, type Signal, signal } from "@preact/signals";
import type { FromWorker, LiveDiagnosis, Progress, Scene, ToWorker } from "./messages.ts";
import { defaultSetup, needsNewAgent, type Setup, setupFromHash, setupToHash } from "./setup.ts";
import { tasks } from "./tasks.ts";

export class Laboratory {
  readonly setup: Signal<Setup>;
  readonly running = signal(true);
  readonly progress = signal<Progress | undefined>(undefined);
  readonly diagnosis = signal<LiveDiagnosis | undefined>(undefined);
  readonly failure = signal<string | undefined>(undefined);
  /** Action dimension that the densities are over. */
  readonly dimension = signal(0);
  readonly updatesPerSecond = signal(Number.POSITIVE_INFINITY);
  /** Rises with every new agent. */
  readonly run = signal(0);

  private readonly worker: Worker;
  private readonly watchers = new Set<(scene: Scene) => void>();

  constructor(worker: Worker, hash: string) {
    this.worker = worker;
    this.setup = signal(setupFromHash(hash));
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => this.hear(data);
    worker.onerror = ({ message }) => this.fail(message || "the training worker did not start");
    this.start();
  }

  /** Changes settings; a new agent begins where the old one cannot go on under them. */
  set(change: Partial<Setup>): void {
    const before = this.setup.peek();
    const setup = { ...before, ...change };
    this.setup.value = setup;
    keepInAddress(setup);
    if (needsNewAgent(before, setup)) this.start();
    else this.tell({ kind: "change", setup });
  }

  /** A new agent with the same settings. */
  start(): void {
    const setup = this.setup.peek();
    batch(() => {
      this.run.value += 1;
      this.running.value = true;
      this.progress.value = undefined;
      this.diagnosis.value = undefined;
      this.failure.value = undefined;
      this.dimension.value = Math.min(this.dimension.peek(), tasks[setup.task].actionSize - 1);
    });
    this.tell({ kind: "start", run: this.run.peek(), setup });
  }

  /** A new agent with the task's defaults and nothing broken. */
  reset(): void {
    const setup = { ...defaultSetup, task: this.setup.peek().task };
    this.setup.value = setup;
    keepInAddress(setup);
    this.start();
  }

  pause(): void {
    this.running.value = false;
    this.tell({ kind: "pause" });
  }

  resume(): void {
    this.running.value = true;
    this.tell({ kind: "run" });
  }

  step(): void {
    if (this.running.peek()) this.pause();
    this.tell({ kind: "step" });
  }

  setSpeed(updatesPerSecond: number): void {
    this.updatesPerSecond.value = updatesPerSecond;
    this.tell({ kind: "speed", updatesPerSecond });
  }

  showDimension(index: number): void {
    this.dimension.value = index;
    this.tell({ kind: "dimension", index });
  }

  exportAgent(): void {
    this.tell({ kind: "export" });
  }

  /** @returns what ends the watching */
  watch(watcher: (scene: Scene) => void): () => void {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  private hear(message: FromWorker): void {
    if (message.kind === "exported") {
      const { manifest, weights } = message.files;
      download(weights.name, new Blob([weights.bytes]));
      download("agent.json", new Blob([manifest]));
      return;
    }
    if (message.run !== this.run.peek()) return;
    if (message.kind === "progress") this.progress.value = message;
    else if (message.kind === "doctor") this.diagnosis.value = message;
    else if (message.kind === "scene") for (const watcher of this.watchers) watcher(message);
    else this.fail(message.message);
  }

  private fail(message: string): void {
    this.failure.value = message;
    this.running.value = false;
  }

  private tell(message: ToWorker): void {
    this.worker.postMessage(message);
  }
}

function keepInAddress(setup: Setup): void {
  const hash = setupToHash(setup);
  history.replaceState(null, "", hash === "" ? location.pathname + location.search : `#${hash}`);
}

function download(name: string, content: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
