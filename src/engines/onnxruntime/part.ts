// One thread's part of a program: sessions over states in a memory of its own, and the optimiser's steps between
// them. A program on one thread is a single part. On several threads each has a part of the batch, and after every
// stage all parts take the mean of all gradients and make the same steps, so that their states stay equal to the bit.
//
// Workers run the text of this very file (part.generated.ts, made by embed-part.ts): it imports nothing but types.

import type { InferenceSession, OnnxValue, Tensor as OrtTensor } from "onnxruntime-node";
import type { Place } from "./memory.ts";

export type Runtime = typeof import("onnxruntime-node");

/** A tensor that a session reads or writes where it stands. */
export interface Bound {
  readonly name: string;
  readonly shape: readonly number[];
  readonly place: Place;
}

/** A number that is known when the program is compiled, or the place of an input. */
export type Scalar = number | Place;

export interface AdamPlan {
  readonly parameter: Place;
  readonly moment1: Place;
  readonly moment2: Place;
  readonly gradient: Place;
  readonly beta1: number;
  readonly beta2: number;
  readonly size: Scalar;
  readonly epsilon: Scalar;
}

export interface StagePlan {
  /** An ONNX model. */
  readonly model: Uint8Array;
  readonly feeds: readonly Bound[];
  readonly outputs: readonly Bound[];
  /** Among the gradients of this stage; for part i they stand `i` times the block's length further on. */
  readonly gradients: readonly Bound[];
  /** All gradients of the stage, those of part 0; the blocks of the other parts follow. */
  readonly block: Place;
  readonly adam: readonly AdamPlan[];
}

/** Everything a part is made from; fit for `postMessage`. */
export interface PartPlan {
  readonly pages: number;
  readonly stages: readonly StagePlan[];
  /** Targets to move after the last stage. */
  readonly polyak: readonly { readonly target: Place; readonly parameter: Place; readonly tau: number }[];
  /** New values of states that no optimiser's step writes in place: copied over once all stages have run. */
  readonly moved: readonly { readonly from: Place; readonly to: Place }[];
  readonly options: InferenceSession.SessionOptions;
  readonly parts: number;
  /** All inputs, all outputs and all states, each one stretch of memory. */
  readonly inputs: Place;
  readonly outputs: Place;
  readonly states: Place;
}

/** See assembly/optimiser.ts; addresses and strides in bytes, `n` in floats. */
export interface Kernels {
  adam(
    parameter: number,
    moment1: number,
    moment2: number,
    gradient: number,
    n: number,
    beta1: number,
    beta2: number,
    size: number,
    epsilon: number,
  ): void;
  polyak(target: number, parameter: number, n: number, tau: number): void;
  mean(blocks: number, stride: number, count: number, n: number): void;
}

interface RunningStage {
  readonly plan: StagePlan;
  readonly session: InferenceSession;
  readonly feeds: Record<string, OrtTensor>;
  readonly fetches: Record<string, OnnxValue>;
}

export class Part {
  readonly plan: PartPlan;
  private readonly memory: WebAssembly.Memory;
  private readonly kernels: Kernels;
  private readonly stages: readonly RunningStage[];
  private readonly exchange: Exchange | undefined;

  /** @param exchange where there are several parts */
  static async create(
    runtime: Runtime,
    plan: PartPlan,
    memory: WebAssembly.Memory,
    module: WebAssembly.Module,
    exchange?: Exchange,
  ): Promise<Part> {
    const sessions = await Promise.all(
      plan.stages.map(({ model }) => runtime.InferenceSession.create(model, plan.options)),
    );
    const instance = await WebAssembly.instantiate(module, { env: { memory } });
    return new Part(runtime, plan, memory, instance.exports as unknown as Kernels, sessions, exchange);
  }

  private constructor(
    runtime: Runtime,
    plan: PartPlan,
    memory: WebAssembly.Memory,
    kernels: Kernels,
    sessions: readonly InferenceSession[],
    exchange?: Exchange,
  ) {
    this.plan = plan;
    this.memory = memory;
    this.kernels = kernels;
    this.exchange = exchange;
    const tensors = (bound: readonly Bound[], further = 0) =>
      Object.fromEntries(
        bound.map(({ name, shape, place: { offset, length } }) => {
          const array = this.view({ offset: offset + further, length });
          return [name, new runtime.Tensor("float32", array, shape)];
        }),
      );
    this.stages = plan.stages.map((stage, i) => ({
      plan: stage,
      session: sessions[i]!,
      feeds: tensors(stage.feeds),
      fetches: {
        ...tensors(stage.outputs),
        ...tensors(stage.gradients, (exchange?.me ?? 0) * 4 * stage.block.length),
      },
    }));
  }

  view({ offset, length }: Place): Float32Array {
    return new Float32Array(this.memory.buffer, offset, length);
  }

  /** One run of the program on the inputs that stand in memory. */
  async run(): Promise<void> {
    const { kernels, exchange } = this;
    for (const [i, { plan, session, feeds, fetches }] of this.stages.entries()) {
      await session.run(feeds, fetches);
      const { block } = plan;
      if (exchange !== undefined && block.length > 0) {
        exchange.gradients(i, (part) =>
          this.view({ ...block, offset: block.offset + part * 4 * block.length }),
        );
        kernels.mean(block.offset, 4 * block.length, this.plan.parts, block.length);
      }
      for (const { parameter, moment1, moment2, gradient, beta1, beta2, size, epsilon } of plan.adam) {
        kernels.adam(
          parameter.offset,
          moment1.offset,
          moment2.offset,
          gradient.offset,
          parameter.length,
          beta1,
          beta2,
          this.scalar(size),
          this.scalar(epsilon),
        );
      }
    }
    for (const { target, parameter, tau } of this.plan.polyak) {
      kernels.polyak(target.offset, parameter.offset, target.length, tau);
    }
    for (const { from, to } of this.plan.moved) this.view(to).set(this.view(from));
  }

  async release(): Promise<void> {
    await Promise.all(this.stages.map(({ session }) => session.release()));
  }

  private scalar(scalar: Scalar): number {
    return typeof scalar === "number" ? scalar : this.view(scalar)[0]!;
  }
}

/** Numbers in the shared memory that threads wait for, each on a cache line of its own; then one for every part. */
const [STARTED, FAILED, STATES_CHANGED, ARRIVED] = [0, 1, 2, 3];
const LINE = 16;
const STOP = -1;
/** How often a thread looks before it sleeps: for some 200 µs, about what lies between two updates. */
const LOOKS = 20_000;
/** A sleep in milliseconds, and after how many a thread that others wait for is taken to be lost. */
const [SLEEP, SLEEPS] = [100, 100];

/** What the parts tell each other, by way of memory that all of them see. */
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
    // Sleeps are counted, not seconds: the whole process may have been asleep.
    for (let sleeps = 0; ; ) {
      const now = this.look(sign);
      if (now >= least) return;
      if (this.look(FAILED) !== 0) throw new Error("another thread has failed");
      if (this.pause(sign, now, SLEEP)) sleeps += 1;
      if (sleeps === SLEEPS) {
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

export interface HelperData {
  readonly plan: PartPlan;
  readonly me: number;
  readonly module: WebAssembly.Module;
  readonly buffer: SharedArrayBuffer;
}

/** What a worker does: its part of every run, from the first to the last. */
export async function serve(
  runtime: Runtime,
  { plan, me, module, buffer }: HelperData,
  ready: () => void,
): Promise<void> {
  const exchange = new Exchange(plan, me, buffer);
  const memory = new WebAssembly.Memory({ initial: plan.pages });
  const part = await Part.create(runtime, plan, memory, module, exchange);
  const [inputs, outputs, states] = [plan.inputs, plan.outputs, plan.states].map((place) =>
    part.view(place),
  ) as [Float32Array, Float32Array, Float32Array];
  ready();
  try {
    for (let run = 1; exchange.awaitStart(run); run++) {
      inputs.set(exchange.inputsOf(me));
      const changed = exchange.changedStates();
      if (changed) states.set(changed);
      await part.run();
      exchange.outputsOf(me).set(outputs);
      exchange.meet();
    }
  } catch (error) {
    exchange.fail();
    throw error;
  }
  await part.release();
}
