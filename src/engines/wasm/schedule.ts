// The order in which steps are done, who does what, and where threads wait for each other. A barrier stands exactly
// where a thread would touch what another has written, or write what another has touched, since the last one; among
// the steps that could come next, those that need no barrier go first.

import { type Access, type Buffer, touched } from "./buffers.ts";
import type { Step } from "./step.ts";

/** Indices [from, to) of a step, for one thread. */
export interface Share {
  readonly thread: number;
  readonly from: number;
  readonly to: number;
}

export interface Turn {
  readonly step: Step;
  readonly shares: readonly Share[];
  /** Turns between the same two barriers have the same phase; with one thread, every turn has its own. */
  readonly phase: number;
}

export interface Schedule {
  readonly turns: readonly Turn[];
  readonly phases: number;
}

/** How many places in the order of the graph a step may be brought forward to save a barrier. */
const LOOKAHEAD = 24;

/**
 * @param steps in an order in which they could be done
 * @param before the steps that each must wait for
 * @param worthSharing steps of a lower cost are done by one thread
 */
export function schedule(
  steps: readonly Step[],
  before: ReadonlyMap<Step, ReadonlySet<Step>>,
  threads: number,
  worthSharing: number,
): Schedule {
  const waiting = new Map(steps.map((step) => [step, new Set(before.get(step))]));
  const turns: Turn[] = [];
  let phase = 0;
  let touches = new Touches(threads);
  const order = [...steps];
  while (order.length > 0) {
    const ready = order
      .slice(0, LOOKAHEAD)
      .filter((step) => [...waiting.get(step)!].every((other) => !waiting.has(other)));
    let turn: { step: Step; shares: Share[] } | undefined;
    for (const step of ready) {
      const shares = sharesOf(step, step.cost < worthSharing ? 1 : threads, threads, touches);
      if (shares !== undefined) {
        turn = { step, shares };
        break;
      }
    }
    if (turn === undefined) {
      phase++;
      touches = new Touches(threads);
      continue;
    }
    touches.add(turn.step, turn.shares);
    turns.push({ ...turn, phase });
    if (threads === 1) phase++;
    waiting.delete(turn.step);
    order.splice(order.indexOf(turn.step), 1);
  }
  return { turns, phases: phase + 1 };
}

/** Who does which part of the step without a barrier before it; undefined where one is needed. */
function sharesOf(step: Step, most: number, threads: number, touches: Touches): Share[] | undefined {
  const units = Math.ceil(step.size / step.grain);
  const parts = Math.min(most, units);
  if (parts > 1) {
    const bound = (i: number) => Math.min(Math.round((units * i) / parts) * step.grain, step.size);
    const shares = Array.from({ length: parts }, (_, i) => ({ thread: i, from: bound(i), to: bound(i + 1) }));
    return touches.conflict(step, shares) ? undefined : shares;
  }
  const idle = Array.from({ length: threads }, (_, i) => i).sort((a, b) => touches.load(a) - touches.load(b));
  for (const thread of idle) {
    const shares = [{ thread, from: 0, to: step.size }];
    if (!touches.conflict(step, shares)) return shares;
  }
  return undefined;
}

/** What each thread has touched since the last barrier. */
class Touches {
  private readonly entries = new Map<
    Buffer,
    { thread: number; from: number; to: number; write: boolean }[]
  >();
  private readonly loads: number[];

  constructor(threads: number) {
    this.loads = new Array(threads).fill(0);
  }

  load(thread: number): number {
    return this.loads[thread]!;
  }

  conflict(step: Step, shares: readonly Share[]): boolean {
    return shares.some(({ thread, from, to }) => {
      const meets = (access: Access, writes: boolean) => {
        const [start, end] = touched(access, from, to);
        return (this.entries.get(access.place.buffer) ?? []).some(
          (other) =>
            other.thread !== thread && (writes || other.write) && other.from < end && start < other.to,
        );
      };
      return (
        step.reads.some((access) => meets(access, false)) || step.writes.some((access) => meets(access, true))
      );
    });
  }

  add(step: Step, shares: readonly Share[]): void {
    for (const { thread, from, to } of shares) {
      this.loads[thread]! += (step.cost * (to - from)) / step.size;
      for (const [accesses, write] of [
        [step.reads, false],
        [step.writes, true],
      ] as const) {
        for (const access of accesses) {
          const [start, end] = touched(access, from, to);
          const list = this.entries.get(access.place.buffer) ?? [];
          list.push({ thread, from: start, to: end, write });
          this.entries.set(access.place.buffer, list);
        }
      }
    }
  }
}
