// The queue of a sweep on one machine: this process's memory. Nobody else takes from it, so nothing expires; a process that
// dies while it trains is noticed at once, and a sweep that dies makes its queue anew from the study's directory, where a
// rename decides what counts.

import {
  keyOf,
  type QueueState,
  RETRY_LIMIT,
  type Segment,
  type SegmentQueue,
  type Taken,
} from "./segment-queue.ts";

interface Job {
  readonly segment: Segment;
  state: "waiting" | "active" | "lost";
  /** Times it was taken. */
  tries: number;
  message: string;
}

/** Segments that wait for this process's own workers, in memory. */
export class LocalQueue implements SegmentQueue {
  private readonly jobs = new Map<string, Job>();

  async submit(segments: readonly Segment[]): Promise<void> {
    for (const segment of segments) {
      const key = keyOf(segment);
      const known = this.jobs.get(key);
      if (!known || known.state === "lost")
        this.jobs.set(key, { segment, state: "waiting", tries: 0, message: "" });
    }
  }

  async take(count: number): Promise<Taken[]> {
    const waiting = [...this.jobs].filter(([, { state }]) => state === "waiting");
    waiting.sort(([, a], [, b]) => b.segment.index - a.segment.index);
    return waiting.slice(0, count).map(([key, job]) => {
      job.state = "active";
      return { job: key, token: job.tries++, segment: job.segment };
    });
  }

  async keep(taken: Taken): Promise<boolean> {
    return this.jobOf(taken) !== undefined;
  }

  async complete(taken: Taken, next: Segment | undefined): Promise<void> {
    if (this.jobOf(taken)) this.jobs.delete(taken.job);
    if (next) await this.submit([next]);
  }

  async giveBack(taken: Taken, message: string): Promise<void> {
    const job = this.jobOf(taken);
    if (!job) return;
    job.state = job.tries > RETRY_LIMIT ? "lost" : "waiting";
    job.message = message;
  }

  /** How many of a study's segments wait, run, and were given up. */
  async state(study: string): Promise<QueueState> {
    const jobs = [...this.jobs.values()].filter(({ segment }) => segment.study === study);
    const count = (wanted: Job["state"]) => jobs.filter(({ state }) => state === wanted).length;
    return {
      waiting: count("waiting"),
      active: count("active"),
      lost: jobs.flatMap(({ state, segment, message }) =>
        state === "lost" ? [{ id: segment.id, message }] : [],
      ),
    };
  }

  stored(): undefined {
    return undefined;
  }

  /** Nothing to end: it is memory. */
  async close(): Promise<void> {}

  /** Where it is still in these hands. */
  private jobOf({ job, token }: Taken): Job | undefined {
    const found = this.jobs.get(job);
    return found?.state === "active" && found.tries === token + 1 ? found : undefined;
  }
}
