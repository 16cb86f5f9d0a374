// A study that goes on: which of its runs have ended, which wait for whom, what is in the queue. It looks at the study's
// directory, where workers leave what they have done, and queues what comes next.

import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { writeFileAtomically } from "../files/atomic-file.node.ts";
import { writeMetrics } from "./metrics-file.ts";
import { Mirror } from "./mirror.ts";
import { type EndedRun, outcomeOf, type RunOutcome } from "./outcome.ts";
import type { Plan, PlannedRun } from "./plan.ts";
import { type StudyReport, studyReport } from "./report.ts";
import { studyMarkdown } from "./report-markdown.ts";
import { studyPage } from "./report-page.ts";
import { discardAttempts, progressOf } from "./run-store.ts";
import { Rungs } from "./rungs.ts";
import type { Segment, SegmentQueue } from "./segment-queue.ts";
import { failurePath } from "./segment-store.ts";
import { reopenRun, stoppedOf } from "./stopped.ts";

export interface UndertakingOptions {
  /** The study's directory. */
  readonly out: string;
  /** Whether nobody else can be at work on it. */
  readonly alone: boolean;
  /** Where workers leave what they have done. Default: in `out` */
  readonly store?: "database" | undefined;
  /** Seconds. */
  readonly expiry: number;
  onEnd(outcome: RunOutcome): void;
}

export class Undertaking {
  private readonly ended = new Map<string, EndedRun>();
  private readonly waiting = new Map<string, PlannedRun>();
  /** Of runs that are in the queue or in somebody's hands: the rung to which they go. */
  private readonly sent = new Map<string, number | undefined>();
  private readonly lost = new Map<string, string>();
  private readonly rungs: Rungs | undefined;
  private readonly mirror: Mirror | undefined;
  private readonly plan: Plan;
  private readonly queue: SegmentQueue;
  private readonly options: UndertakingOptions;

  constructor(plan: Plan, queue: SegmentQueue, options: UndertakingOptions) {
    this.plan = plan;
    this.queue = queue;
    this.options = options;
    const stored = options.store === "database" ? queue.stored(this.study) : undefined;
    this.mirror = stored && new Mirror(options.out, stored);
    this.rungs = plan.halving && new Rungs(options.out, plan.runs, plan.halving);
  }

  /** Queues what is missing. @returns what had ended before */
  async begin(): Promise<readonly RunOutcome[]> {
    const { out, alone } = this.options;
    await this.mirror?.prepare();
    await this.mirror?.pull(this.plan.runs.map(({ id }) => id));
    for (const run of this.plan.runs) {
      if (alone) discardAttempts(out, run.id);
      // What could not even begin may be able to now.
      if (progressOf(out, run.id) !== "ended" && existsSync(failurePath(out, run.id))) {
        rmSync(failurePath(out, run.id));
        await this.mirror?.forget(run.id);
      }
      if (stoppedOf(out, run.id)?.by === "doctor" && !this.plan.stopWhenBroken) reopenRun(out, run.id);
      const now = await outcomeOf(out, run);
      if (hasEnded(now) && now.outcome.stopped?.by !== "halving") this.ended.set(run.id, now);
      else this.waiting.set(run.id, run);
    }
    await this.tidy();
    await this.advance((outcome) => void outcome);
    return [...this.ended.values()].map(({ outcome }) => outcome);
  }

  /** Removes from the database what is left of runs that have ended: somebody may have been killed on the way. */
  async tidy(): Promise<void> {
    await this.mirror?.tidy([...this.ended.keys()]);
  }

  /** Nothing is left that could be done. */
  get isOver(): boolean {
    return this.waiting.size === this.lost.size;
  }

  /** Every run has ended. */
  get isDone(): boolean {
    return this.waiting.size === 0;
  }

  /** Sees what has become of a run that workers may have ended. */
  async look(id: string, onEnd: (outcome: RunOutcome) => void = this.options.onEnd): Promise<void> {
    const run = this.waiting.get(id);
    if (!run) return;
    const now = await outcomeOf(this.options.out, run);
    if (!hasEnded(now) || !this.waiting.delete(id)) return;
    this.ended.set(id, now);
    onEnd(now.outcome);
  }

  /** Sees what has become of all of them, and queues what follows. */
  async lookAtAll(): Promise<void> {
    const state = await this.queue.state(this.study);
    for (const { id, message } of state.lost) if (this.waiting.has(id)) this.lost.set(id, message);
    await this.mirror?.pull([...this.waiting.keys()]);
    for (const id of [...this.waiting.keys()]) await this.look(id);
    // A run that nobody has in hand and that is not where it was sent has to be sent again.
    if (state.waiting + state.active === 0)
      for (const id of [...this.sent.keys()]) if (!this.lost.has(id)) this.sent.delete(id);
    await this.advance();
  }

  /** Stops and sends on whom the rungs let go. */
  private async advance(onEnd?: (outcome: RunOutcome) => void): Promise<void> {
    const { out } = this.options;
    const { rungs } = this;
    const failed = [...this.ended].flatMap(([id, { outcome }]) => (outcome.status === "failed" ? [id] : []));
    const decisions = rungs?.decide(new Set([...failed, ...this.lost.keys()]));
    const send = new Map<string, number | undefined>();
    for (const id of [...this.waiting.keys()]) {
      const decision = decisions?.get(id) ?? { kind: "go", until: undefined };
      if (decision.kind === "stop") {
        rungs!.stop(id, decision);
        await this.mirror?.forget(id);
        await this.look(id, onEnd);
      } else {
        reopenRun(out, id);
        if (decision.kind === "wait" || this.lost.has(id)) continue;
        const isSent = this.sent.has(id) && !rungs?.isAt(id, this.sent.get(id));
        if (!isSent) send.set(id, decision.until);
      }
    }
    const segments: Segment[] = [];
    for (const [id, until] of send) segments.push(await this.segment(id, until));
    await this.queue.submit(segments);
    for (const [id, until] of send) this.sent.set(id, until);
  }

  /** report.json, report.html and report.md of the runs as they are now. @param whole metrics.parquet too */
  async report({ whole = false }: { whole?: boolean } = {}): Promise<StudyReport> {
    const { out } = this.options;
    const { name, version } = this.plan;
    const runs: RunOutcome[] = [];
    for (const run of this.plan.runs)
      runs.push((this.ended.get(run.id) ?? (await outcomeOf(out, run))).outcome);
    const report = studyReport(name, version, runs);
    writeFileAtomically(join(out, "report.json"), `${JSON.stringify(report, undefined, 1)}\n`);
    const logs = new Map([...this.ended].map(([id, { series }]) => [id, series]));
    writeFileAtomically(join(out, "report.html"), studyPage(report, logs));
    writeFileAtomically(join(out, "report.md"), studyMarkdown(report));
    if (whole) writeMetrics(out, this.plan, runs);
    return report;
  }

  private get study(): string {
    return `${this.plan.name} ${this.options.out}`;
  }

  private async segment(id: string, until: number | undefined): Promise<Segment> {
    const { study, plan } = this;
    const { out, expiry, store } = this.options;
    const progress = progressOf(out, id);
    const next = progress === "ended" ? 1 : progress + 1;
    return {
      ...{ study, out, id, expiry, until, store },
      config: this.waiting.get(id)!.config,
      index: (await this.mirror?.nextOf(id)) ?? next,
      length: plan.segment,
      stopWhenBroken: plan.stopWhenBroken || undefined,
    };
  }
}

function hasEnded({ outcome: { status } }: EndedRun): boolean {
  return status === "finished" || status === "failed" || status === "stopped";
}
