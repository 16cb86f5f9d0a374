// What the shards of a program (shard.ts) tell each other, by way of memory that all of them see: who has come how far,
// the gradients of every stage, what has been made of them, and what the first shard has for the others.
//
// Workers run the text of this very file (worker.generated.ts): it imports nothing but types.

import type { ShardPlan } from "./shard-plan.ts";

/** Numbers in the shared memory that threads wait for, each on a cache line of its own; then one for every shard. */
const [STARTED, FAILED, STATES_CHANGED, TASK, ARRIVED] = [0, 1, 2, 3, 4];
/** What a start is for: to run an entry, by its number, or to give all moments to the first shard. */
export type Task = number | "collect";
const COLLECT = -1;
const LINE = 16;
const STOP = -1;
/**
 * For how many milliseconds a thread looks before it sleeps, because to wake one costs 0.05 ms: for another thread,
 * which has as much to do, and for the next run, which as a rule begins after a step of the environment and with a new
 * batch (0.2 ms). It looks so often before it asks for the time.
 */
const [LOOKING_FOR_OTHERS, LOOKING_FOR_START, LOOKS] = [0.15, 0.5, 500];
/** A sleep in milliseconds, and after how many the first shard takes a thread that it waits for to be lost. */
const [SLEEP, SLEEPS] = [100, 100];

/** Thrown where another thread is waited for in vain. */
export class Unanswered extends Error {}

export class Exchange {
  readonly me: number;
  private readonly others: readonly number[];
  private readonly plan: ShardPlan;
  private readonly flags: Int32Array;
  private readonly floats: Float32Array;
  private readonly at: ReturnType<typeof exchangeLayout>;
  /** By stage and shard: where the gradients of the shard's share stand in the stage's block, in floats. */
  private readonly shares: readonly (readonly (readonly { start: number; end: number }[])[])[];
  private barriers = 0;

  /** Memory for the shards of `plan` to share. */
  static memory(plan: ShardPlan): SharedArrayBuffer {
    const { flags, floats } = exchangeLayout(plan);
    return new SharedArrayBuffer(4 * (flags + floats));
  }

  constructor(plan: ShardPlan, me: number, buffer: SharedArrayBuffer) {
    this.plan = plan;
    this.me = me;
    this.others = Array.from({ length: plan.shards }, (_, shard) => shard).filter((shard) => shard !== me);
    this.at = exchangeLayout(plan);
    this.shares = plan.stages.map(({ adam, block }) =>
      Array.from({ length: plan.shards }, (_, shard) =>
        adam.map(({ gradient }) => {
          const at = (gradient.offset - block.offset) / 4;
          const { start, end } = shareOf(gradient.length, plan.shards, shard);
          return { start: at + start, end: at + end };
        }),
      ),
    );
    this.flags = new Int32Array(buffer, 0, this.at.flags);
    this.floats = new Float32Array(buffer, 4 * this.at.flags, this.at.floats);
  }

  /** Where `shard` finds its inputs. */
  inputsOf(shard: number): Float32Array {
    return this.stretch(this.at.inputs, shard, this.plan.inputs.length);
  }

  outputsOf(shard: number): Float32Array {
    return this.stretch(this.at.outputs, shard, this.plan.outputs.length);
  }

  /**
   * Gives every other shard its share of this shard's gradients of a stage, and takes theirs of its own share.
   * @param blocks every shard's block of gradients, in this shard's memory
   */
  gradients(stage: number, blocks: readonly Float32Array[]): void {
    const { me, others } = this;
    const room = (shard: number) => this.gradientRoom(stage, shard);
    const copy = (share: number, from: Float32Array, to: Float32Array) => {
      for (const { start, end } of this.shares[stage]![share]!) to.set(from.subarray(start, end), start);
    };
    for (const shard of others) copy(shard, blocks[me]!, room(me));
    this.barrier();
    for (const shard of others) copy(me, room(shard), blocks[shard]!);
  }

  /** Gives the others what this shard has moved of a stage's parameters, and takes what they have moved. */
  parameters(stage: number, moved: SlicesOf): void {
    const room = this.stretch(this.at.parameters[stage]!, 0, this.plan.stages[stage]!.block.length);
    lay(room, moved(this.me));
    this.barrier();
    for (const shard of this.others) take(room, moved(shard));
  }

  /** Gives the first shard both of Adam's moments, of all stages. They pass through the room of the gradients. */
  moments(movedOf: (stage: number) => readonly [SlicesOf, SlicesOf]): void {
    const rooms = this.plan.stages.flatMap((_, stage) =>
      movedOf(stage).map((moved, moment) => ({ room: this.gradientRoom(stage, moment), moved })),
    );
    if (this.me !== 0) for (const { room, moved } of rooms) lay(room, moved(this.me));
    this.barrier();
    if (this.me === 0)
      for (const { room, moved } of rooms) for (const shard of this.others) take(room, moved(shard));
  }

  /** Waits until every shard has come this far. */
  barrier(): void {
    this.barriers += 1;
    this.set(ARRIVED + this.me, this.barriers);
    for (let shard = 0; shard < this.plan.shards; shard++) this.until(ARRIVED + shard, this.barriers);
  }

  /** Lets the other shards begin with a task. @param changed where states have changed since the last run: all, and runs so far */
  start(task: Task, changed?: { states: Float32Array; runs: number }): void {
    if (changed) this.floats.set(changed.states, this.at.states);
    this.set(STATES_CHANGED, changed ? 1 + changed.runs : 0);
    this.set(TASK, task === "collect" ? COLLECT : task);
    this.set(STARTED, this.look(STARTED) + 1);
  }

  /** Waits for start number `count`. @returns undefined where there will be none */
  awaitStart(count: number): Task | undefined {
    for (;;) {
      const started = this.look(STARTED);
      if (started === STOP) return undefined;
      if (started >= count) {
        const task = this.look(TASK);
        return task === COLLECT ? "collect" : task;
      }
      this.pause(STARTED, started, LOOKING_FOR_START, Number.POSITIVE_INFINITY);
    }
  }

  /** All states, and runs so far, where the starter of this run has changed them. */
  changedStates(): { states: Float32Array; runs: number } | undefined {
    const changed = this.look(STATES_CHANGED);
    if (changed === 0) return undefined;
    return { states: this.stretch(this.at.states, 0, this.plan.states.length), runs: changed - 1 };
  }

  stop(): void {
    this.set(STARTED, STOP);
  }

  fail(): void {
    this.set(FAILED, 1);
    for (let shard = 0; shard < this.plan.shards; shard++)
      Atomics.notify(this.flags, LINE * (ARRIVED + shard));
  }

  private gradientRoom(stage: number, shard: number): Float32Array {
    return this.stretch(this.at.gradients[stage]!, shard, this.plan.stages[stage]!.block.length);
  }

  private until(flag: number, least: number): void {
    // Sleeps are counted, not seconds: the whole process may have been asleep. The other shards have all the patience in
    // the world: the first one shares its thread with the user's program.
    for (let sleeps = 0; ; ) {
      const now = this.look(flag);
      if (now >= least) return;
      if (this.look(FAILED) !== 0) throw new Unanswered("another thread has failed");
      if (this.pause(flag, now, LOOKING_FOR_OTHERS, SLEEP)) sleeps += 1;
      if (this.me === 0 && sleeps === SLEEPS) {
        throw new Unanswered(`another thread gave no sign of life for ${(SLEEP * SLEEPS) / 1000} s`);
      }
    }
  }

  /** Returns soon after a flag no longer has the value `seen`. Times in milliseconds. @returns whether it slept through */
  private pause(flag: number, seen: number, looking: number, sleep: number): boolean {
    const end = performance.now() + looking;
    do {
      for (let i = 0; i < LOOKS; i++) if (this.look(flag) !== seen) return false;
    } while (performance.now() < end);
    return Atomics.wait(this.flags, LINE * flag, seen, sleep) === "timed-out";
  }

  private look(flag: number): number {
    return Atomics.load(this.flags, LINE * flag);
  }

  private set(flag: number, value: number): void {
    Atomics.store(this.flags, LINE * flag, value);
    Atomics.notify(this.flags, LINE * flag);
  }

  private stretch(at: number, shard: number, length: number): Float32Array {
    return this.floats.subarray(at + shard * length, at + (shard + 1) * length);
  }
}

/** What a shard moves of an array, and where that stands in the block of the stage's gradients, in floats. */
export interface Slice {
  readonly at: number;
  readonly values: Float32Array;
}

type SlicesOf = (shard: number) => readonly Slice[];

function lay(room: Float32Array, slices: readonly Slice[]): void {
  for (const { at, values } of slices) room.set(values, at);
}

function take(room: Float32Array, slices: readonly Slice[]): void {
  for (const { at, values } of slices) values.set(room.subarray(at, at + values.length));
}

/** Which of a parameter's `length` floats `shard` moves. */
export function shareOf(length: number, shards: number, shard: number): { start: number; end: number } {
  const bound = (k: number) => Math.min(length, LINE * Math.ceil((k * length) / (shards * LINE)));
  return { start: bound(shard), end: bound(shard + 1) };
}

/** How many flags there are, how many floats, and where among these each stage's gradients begin, and all else. */
function exchangeLayout({ stages, shards, inputs, outputs, states }: ShardPlan) {
  let floats = 0;
  const take = (length: number) => {
    const start = floats;
    floats += Math.ceil(length / LINE) * LINE;
    return start;
  };
  const at = {
    flags: LINE * (ARRIVED + shards),
    gradients: stages.map(({ block }) => take(block.length * shards)),
    parameters: stages.map(({ block }) => take(block.length)),
    inputs: take(inputs.length * shards),
    outputs: take(outputs.length * shards),
    states: take(states.length),
  };
  return { ...at, floats };
}
