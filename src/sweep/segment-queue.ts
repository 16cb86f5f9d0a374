// What a queue of segments is, whoever keeps it: pieces of runs that any worker may take, each of them there once. It may
// be lost: what is done stands in the study's directory, and the queue is made anew from that.

import type { TrainConfig } from "../training/settings.ts";
import type { StoredSegments } from "./stored-segments.ts";

/** A piece of a run, as it is sent to whoever does it. */
export interface Segment {
  readonly study: string;
  /** The study's directory, which all its workers see; absolute. */
  readonly out: string;
  readonly id: string;
  readonly config: TrainConfig;
  /** 1 for the run's first. */
  readonly index: number;
  /** Environment steps of a segment. */
  readonly length: number;
  /** Seconds without a sign of life after which another worker takes it. */
  readonly expiry: number;
  /** Environment step of the run at which it waits to be judged. Default: none */
  readonly until?: number | undefined;
  readonly stopWhenBroken?: boolean | undefined;
  /** Where what it leaves is kept. Default: in `out` */
  readonly store?: "database" | undefined;
}

/** A segment in a worker's hands. */
export interface Taken {
  readonly job: string;
  /** How often it was taken before: whoever took it later has a higher one. */
  readonly token: number;
  readonly segment: Segment;
}

/** How many segments wait, run, and were given up. */
export interface QueueState {
  readonly waiting: number;
  readonly active: number;
  /** Segments that were given up after many tries, with the last error. */
  readonly lost: readonly { readonly id: string; readonly message: string }[];
}

/** Workers that come and go are no reason to give up a run soon. */
export const RETRY_LIMIT = 50;

/** Where workers take segments from. */
export interface SegmentQueue {
  /** Segments that are not waiting or being worked on already; one that ended before is queued again. */
  submit(segments: readonly Segment[]): Promise<void>;
  /** At most `count` segments that nobody works on; those of runs that are under way first. */
  take(count: number): Promise<Taken[]>;
  /** A sign of life. @returns whether the segment is still this worker's */
  keep(taken: Taken): Promise<boolean>;
  /** The segment is done; `next` follows where the run is not. */
  complete(taken: Taken, next: Segment | undefined): Promise<void>;
  /** Gives a segment back, for anybody to try again, where it is still this worker's. */
  giveBack(taken: Taken, message: string): Promise<void>;
  /** How many of its segments wait, run, and were given up. @param study name of the study */
  state(study: string): Promise<QueueState>;
  /** What a study's segments have left in the queue's database; undefined where it has none. */
  stored(study: string): StoredSegments | undefined;
  /** Ends what it holds open; its segments stay where they are. */
  close(): Promise<void>;
}

/** The same for the same segment of the same run in the same directory. */
export function keyOf({ out, id, index }: Segment): string {
  return `${out}\0${id}\0${index}`;
}
