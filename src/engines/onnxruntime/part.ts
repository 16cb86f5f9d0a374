// One thread's part of a program: sessions over states in a memory of its own, and the optimiser's steps between
// them. A program on one thread is a single part. On several threads each has a part of the batch, and after every
// stage a share of all gradients: it takes the mean of all parts' there, moves the parameters that they belong to, and
// hands these to the others. So parameters stay equal in all parts, to the bit, but Adam's moments are kept up by one
// part each, until somebody wants to see them.
//
// Workers run the text of this file (worker.generated.ts): it imports nothing but exchange.ts and types.

import type { InferenceSession, OnnxValue, Tensor as OrtTensor } from "onnxruntime-node";
import { type Exchange, type Piece, shareOfBlock } from "./exchange.ts";
import type { Place } from "./memory.ts";

export type Runtime = typeof import("onnxruntime-node");

/** The output that keeps onnxruntime-node from copying the others (in-place.ts). */
export const SEQUENCE = "sequence";

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

export interface PolyakPlan {
  readonly target: Place;
  readonly parameter: Place;
  readonly tau: number;
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
  /** Targets to move after Adam's steps. */
  readonly polyak: readonly PolyakPlan[];
}

/** Everything a part is made from; fit for `postMessage`. */
export interface PartPlan {
  readonly pages: number;
  readonly stages: readonly StagePlan[];
  /** New values of states that no optimiser's step writes in place: copied over once all stages have run. */
  readonly moved: readonly { readonly from: Place; readonly to: Place }[];
  readonly options: InferenceSession.SessionOptions;
  readonly parts: number;
  /** What a run of a model with `SEQUENCE` says when all is well; undefined where the models have none. */
  readonly refusal: string | undefined;
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
  readonly fetches: Record<string, OnnxValue | null>;
  /** Adam's steps for each part's share of the gradients. */
  readonly shares: readonly (readonly AdamPlan[])[];
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
        ...(plan.refusal === undefined ? {} : { [SEQUENCE]: null }),
        ...tensors(stage.outputs),
        ...tensors(stage.gradients, (exchange?.me ?? 0) * 4 * stage.block.length),
      },
      shares: Array.from({ length: plan.parts }, (_, part) => adamOfShare(stage, plan.parts, part)),
    }));
  }

  view({ offset, length }: Place): Float32Array {
    return new Float32Array(this.memory.buffer, offset, length);
  }

  /** One run of the program on the inputs that stand in memory. */
  async run(): Promise<void> {
    const { kernels, exchange } = this;
    for (const [i, { plan, session, feeds, fetches, shares }] of this.stages.entries()) {
      try {
        await session.run(feeds, fetches);
      } catch (error) {
        // Refused is what it should be: the outputs have been written.
        const { refusal } = this.plan;
        if (refusal === undefined || (error as Error).message !== refusal) throw error;
      }
      if (exchange !== undefined) this.takeMeans(i, exchange);
      for (const step of shares[exchange?.me ?? 0]!) {
        kernels.adam(
          step.parameter.offset,
          step.moment1.offset,
          step.moment2.offset,
          step.gradient.offset,
          step.parameter.length,
          step.beta1,
          step.beta2,
          this.scalar(step.size),
          this.scalar(step.epsilon),
        );
      }
      if (exchange !== undefined) {
        const isLast = i === this.stages.length - 1;
        if (isLast) exchange.outputsOf(exchange.me).set(this.view(this.plan.outputs));
        exchange.parameters(i, (part) => this.pieces(i, part, "parameter"));
      }
      for (const { target, parameter, tau } of plan.polyak) {
        kernels.polyak(target.offset, parameter.offset, target.length, tau);
      }
    }
    for (const { from, to } of this.plan.moved) this.view(to).set(this.view(from));
  }

  /** Brings Adam's moments up to date in the first part, once all parts do this. */
  collectMoments(): void {
    this.exchange?.moments((stage) => [
      (part) => this.pieces(stage, part, "moment1"),
      (part) => this.pieces(stage, part, "moment2"),
    ]);
  }

  async release(): Promise<void> {
    await Promise.all(this.stages.map(({ session }) => session.release()));
  }

  /** Puts the mean over all parts' gradients of a stage where this part's steps read it. */
  private takeMeans(stage: number, exchange: Exchange): void {
    const { stages, parts } = this.plan;
    const { block } = stages[stage]!;
    const stride = 4 * block.length;
    exchange.gradients(stage, (part) => this.view({ ...block, offset: block.offset + part * stride }));
    const { start, end } = shareOfBlock(block.length, parts, exchange.me);
    this.kernels.mean(block.offset + 4 * start, stride, parts, end - start);
  }

  /** What `part` moves of a stage's arrays of one kind. */
  private pieces(stage: number, part: number, kind: "parameter" | "moment1" | "moment2"): Piece[] {
    const { plan, shares } = this.stages[stage]!;
    return shares[part]!.map((step) => ({
      at: (step.gradient.offset - plan.block.offset) / 4,
      values: this.view(step[kind]),
    }));
  }

  private scalar(scalar: Scalar): number {
    return typeof scalar === "number" ? scalar : this.view(scalar)[0]!;
  }
}

/** The steps that move what a part's share of the stage's gradients belongs to. */
function adamOfShare({ adam, block }: StagePlan, parts: number, part: number): AdamPlan[] {
  const share = shareOfBlock(block.length, parts, part);
  return adam.flatMap((step) => {
    const at = (step.gradient.offset - block.offset) / 4;
    const from = Math.max(share.start - at, 0);
    const length = Math.min(share.end - at, step.gradient.length) - from;
    if (length <= 0) return [];
    const piece = ({ offset }: Place): Place => ({ offset: offset + 4 * from, length });
    return {
      ...step,
      parameter: piece(step.parameter),
      moment1: piece(step.moment1),
      moment2: piece(step.moment2),
      gradient: piece(step.gradient),
    };
  });
}
