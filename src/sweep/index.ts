// Studies of many runs, for programs of yours (Node only).

export { type ComparedGroup, type ComparedRun, type Comparison, compareRuns } from "./compare.ts";
export { withoutPassword } from "./database.ts";
export type { Halving } from "./halving.ts";
export { LocalQueue } from "./local-queue.ts";
export type { RunOutcome, Status } from "./outcome.ts";
export { type Plan, type PlannedRun, planOf } from "./plan.ts";
export { Queue, type QueueOptions } from "./queue.ts";
export type { SettingSummary, StudyReport } from "./report.ts";
export type { SegmentProgress } from "./segment.ts";
export type { QueueState, Segment, SegmentQueue, Taken } from "./segment-queue.ts";
export type { Stopped } from "./stopped.ts";
export type { Commitment, StoredProgress, StoredSegments } from "./stored-segments.ts";
export type { NamedSettings, Range } from "./study.ts";
export { readStudy, type Study, StudyError } from "./study.ts";
export { type SweepEvent, type SweepOptions, sweep } from "./sweep.ts";
export { type WorkerEvent, type WorkerOptions, work } from "./worker.ts";
