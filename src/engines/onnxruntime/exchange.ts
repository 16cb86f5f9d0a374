// What the parts of a program (part.ts) tell each other, by way of memory that all of them see: who has come how far,
// the gradients of every stage, and what the first part has for the others.
//
// Workers run the text of this very file (worker.generated.ts): it imports nothing but types.

import type { PartPlan } from "./part.ts";

/** Numbers in the shared memory that threads wait for, each on a cache line of its own; then one for every part. */
const [STARTED, FAILED, STATES_CHANGED, ARRIVED] = [0, 1, 2, 3];
const LINE = 16;
const STOP = -1;
/** How often a thread looks before it sleeps: for some 200 µs, about what lies between two updates. */
const LOOKS = 20_000;
/** A sleep in milliseconds, and after how many the first part takes a thread that it waits for to be lost. */
const [SLEEP, SLEEPS] = [100, 100];

export class Exchange {
  readonly me: number;
  private readonly plan: PartPlan;
  private readonly signs: Int32Array;
  private readonly floats: Float32Array;
  private readonly at: ReturnType<typeof exchangeLayout>;
  private meetings = 0;

  /** Memory for the parts of `plan` to share. */
  static memory(plan: PartPlan): SharedArrayBuffer {
    const { signs, floats } = exchangeLayout(plan);
    return new SharedArrayBuffer(4 * (signs + floats));
  }

  constructor(plan: PartPlan, me: number, buffer: SharedArrayBuffer) {
    this.plan = plan;
    this.me = me;
    this.at = exchangeLayout(plan);
    this.signs = new Int32Array(buffer, 0, this.at.signs);
    this.floats = new Float32Array(buffer, 4 * this.at.signs, this.at.floats);
  }

  /** Where `part` finds its inputs. */
  inputsOf(part: number): Float32Array {
    return this.stretch(this.at.inputs, part, this.plan.inputs.length);
  }

  outputsOf(part: number): Float32Array {
    return this.stretch(this.at.outputs, part, this.plan.outputs.length);
  }

  /** Gives this part's gradients of a stage to the others and takes theirs. @param block a part's block */
  gradients(stage: number, block: (part: number) => Float32Array): void {
    const { length } = this.plan.stages[stage]!.block;
    const shared = (part: number) => this.stretch(this.at.gradients[stage]!, part, length);
    shared(this.me).set(block(this.me));
    this.meet();
    for (let part = 0; part < this.plan.parts; part++) if (part !== this.me) block(part).set(shared(part));
  }

  /** Waits until every part has come this far. */
  meet(): void {
    this.meetings += 1;
    this.set(ARRIVED + this.me, this.meetings);
    for (let part = 0; part < this.plan.parts; part++) this.until(ARRIVED + part, this.meetings);
  }

  /** Lets the other parts begin a run. @param states all states, where they have changed since the last run */
  start(states: Float32Array | undefined): void {
    if (states) this.floats.set(states, this.at.states);
    this.set(STATES_CHANGED, Number(states !== undefined));
    this.set(STARTED, this.look(STARTED) + 1);
  }

  /** Waits for run number `run` to begin. @returns false where there will be none */
  awaitStart(run: number): boolean {
    for (;;) {
      const started = this.look(STARTED);
      if (started === STOP) return false;
      if (started >= run) return true;
      this.pause(STARTED, started, Number.POSITIVE_INFINITY);
    }
  }

  /** All states, where the starter of this run has changed them. */
  changedStates(): Float32Array | undefined {
    const changed = this.look(STATES_CHANGED) === 1;
    return changed ? this.stretch(this.at.states, 0, this.plan.states.length) : undefined;
  }

  stop(): void {
    this.set(STARTED, STOP);
  }

  fail(): void {
    this.set(FAILED, 1);
    for (let part = 0; part < this.plan.parts; part++) Atomics.notify(this.signs, LINE * (ARRIVED + part));
  }

  private until(sign: number, least: number): void {
    // Sleeps are counted, not seconds: the whole process may have been asleep. The other parts have all the patience in
    // the world: the first one shares its thread with the user's program.
    for (let sleeps = 0; ; ) {
      const now = this.look(sign);
      if (now >= least) return;
      if (this.look(FAILED) !== 0) throw new Error("another thread has failed");
      if (this.pause(sign, now, SLEEP)) sleeps += 1;
      if (this.me === 0 && sleeps === SLEEPS) {
        throw new Error(`another thread gave no sign of life for ${(SLEEP * SLEEPS) / 1000} s`);
      }
    }
  }

  /** Returns soon after a sign no longer has the value `seen`. @returns whether it slept the whole time */
  private pause(sign: number, seen: number, milliseconds: number): boolean {
    for (let i = 0; i < LOOKS; i++) if (this.look(sign) !== seen) return false;
    return Atomics.wait(this.signs, LINE * sign, seen, milliseconds) === "timed-out";
  }

  private look(sign: number): number {
    return Atomics.load(this.signs, LINE * sign);
  }

  private set(sign: number, value: number): void {
    Atomics.store(this.signs, LINE * sign, value);
    Atomics.notify(this.signs, LINE * sign);
  }

  private stretch(at: number, part: number, length: number): Float32Array {
    return this.floats.subarray(at + part * length, at + (part + 1) * length);
  }
}

/** How many signs there are, how many floats, and where among these each stage's gradients begin, and all else. */
function exchangeLayout({ stages, parts, inputs, outputs, states }: PartPlan) {
  let floats = 0;
  const take = (length: number) => {
    const start = floats;
    floats += Math.ceil(length / LINE) * LINE;
    return start;
  };
  const at = {
    signs: LINE * (ARRIVED + parts),
    gradients: stages.map(({ block }) => take(block.length * parts)),
    inputs: take(inputs.length * parts),
    outputs: take(outputs.length * parts),
    states: take(states.length),
  };
  return { ...at, floats };
}
