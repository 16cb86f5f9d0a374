// One thread's part of a program: sessions over states in a memory of its own, and the optimiser's steps between
// them. A program on one thread is a single part. On several threads each has a part of the batch, and after every
// stage a share of all gradients: it takes the mean of all parts' there, moves the parameters that they belong to, and
// hands these to the others. So parameters stay equal in all parts, to the bit, but Adam's moments are kept up by one
// part each, until somebody wants to see them.
//
// Workers run the text of this file (worker.generated.ts): it imports nothing but exchange.ts and types.

import { type Exchange, type Piece, shareOfBlock } from "./exchange.ts";
import type { Place } from "./memory.ts";
import type { AdamPlan, Bound, PartPlan, Scalar, StagePlan } from "./part-plan.ts";
import type { Session, Sessions } from "./session.ts";

/** How often, in runs, moments that have become too small are set to 0 (assembly/optimiser.ts). */
const CLEAR_EVERY = 64;

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
    keep: number,
    clear: boolean,
  ): void;
  polyak(target: number, parameter: number, n: number, tau: number): void;
  mean(blocks: number, stride: number, count: number, n: number): void;
}

interface RunningStage {
  readonly plan: StagePlan;
  readonly session: Session;
  /** One a part: what it moves after the session's run, and its block of gradients. */
  readonly shares: readonly Share[];
  readonly blocks: readonly Float32Array[];
}

/** Adam's steps for a part's share of a stage's gradients, and the arrays that they move. */
interface Share {
  readonly adam: readonly AdamPlan[];
  readonly parameter: readonly Piece[];
  readonly moment1: readonly Piece[];
  readonly moment2: readonly Piece[];
}

export class Part {
  readonly plan: PartPlan;
  private readonly memory: WebAssembly.Memory;
  private readonly kernels: Kernels;
  private readonly stages: readonly RunningStage[];
  private readonly exchange: Exchange | undefined;
  /** Runs so far: equal in all parts. */
  runs = 0;
  /** Whether states are about to change: not so as soon as `run` has returned, where sessions run at once. */
  isRunning = false;

  /** @param exchange where there are several parts */
  static async create(
    sessions: Sessions,
    plan: PartPlan,
    memory: WebAssembly.Memory,
    module: WebAssembly.Module,
    exchange?: Exchange,
  ): Promise<Part> {
    const standing = (bound: readonly Bound[], further = 0) =>
      bound.map(({ name, shape, place: { offset, length } }) => ({
        name,
        shape,
        values: new Float32Array(memory.buffer, offset + further, length),
      }));
    const created = await Promise.all(
      plan.stages.map(({ model, feeds, outputs, gradients, block }) => {
        const own = standing(gradients, (exchange?.me ?? 0) * 4 * block.length);
        return sessions.create(model, plan.options, standing(feeds), [...standing(outputs), ...own]);
      }),
    );
    const instance = await WebAssembly.instantiate(module, { env: { memory } });
    return new Part(plan, memory, instance.exports as unknown as Kernels, created, exchange);
  }

  private constructor(
    plan: PartPlan,
    memory: WebAssembly.Memory,
    kernels: Kernels,
    sessions: readonly Session[],
    exchange?: Exchange,
  ) {
    this.plan = plan;
    this.memory = memory;
    this.kernels = kernels;
    this.exchange = exchange;
    this.stages = plan.stages.map((stage, i) => ({
      plan: stage,
      session: sessions[i]!,
      shares: Array.from({ length: plan.parts }, (_, part) => this.share(stage, part)),
      blocks: Array.from({ length: plan.parts }, (_, part) =>
        this.view({ ...stage.block, offset: stage.block.offset + part * 4 * stage.block.length }),
      ),
    }));
  }

  view({ offset, length }: Place): Float32Array {
    return new Float32Array(this.memory.buffer, offset, length);
  }

  /** One run of the program on the inputs that stand in memory. */
  async run(): Promise<void> {
    const clear = this.runs++ % CLEAR_EVERY === 0;
    this.isRunning = true;
    try {
      for (const [i, { plan, session, shares, blocks }] of this.stages.entries()) {
        const running = session.run();
        if (running !== undefined) await running;
        this.exchangeGradients(i, plan, blocks);
        this.step(shares[this.me]!.adam, clear);
        this.exchangeParameters(i, shares);
        for (const { target, parameter, tau } of plan.polyak) {
          this.kernels.polyak(target.offset, parameter.offset, target.length, tau);
        }
      }
      for (const { from, to } of this.plan.moved) this.view(to).set(this.view(from));
    } finally {
      this.isRunning = false;
    }
  }

  private get me(): number {
    return this.exchange?.me ?? 0;
  }

  /** Puts the mean of all parts' gradients where this part's share of them stands. */
  private exchangeGradients(stage: number, { block }: StagePlan, blocks: readonly Float32Array[]): void {
    if (this.exchange === undefined) return;
    this.exchange.gradients(stage, blocks);
    const { offset, length } = block;
    const { start, end } = shareOfBlock(length, this.plan.parts, this.me);
    this.kernels.mean(offset + 4 * start, 4 * length, this.plan.parts, end - start);
  }

  private step(adam: readonly AdamPlan[], clear: boolean): void {
    for (const step of adam) {
      this.kernels.adam(
        step.parameter.offset,
        step.moment1.offset,
        step.moment2.offset,
        step.gradient.offset,
        step.parameter.length,
        step.beta1,
        step.beta2,
        this.scalar(step.size),
        this.scalar(step.epsilon),
        this.scalar(step.keep),
        clear,
      );
    }
  }

  /** Hands out this part's parameters and takes the others'; after the last stage the outputs go out, too. */
  private exchangeParameters(stage: number, shares: readonly Share[]): void {
    if (this.exchange === undefined) return;
    const isLast = stage === this.stages.length - 1;
    if (isLast) this.exchange.outputsOf(this.me).set(this.view(this.plan.outputs));
    this.exchange.parameters(stage, (part) => shares[part]!.parameter);
  }

  /** Brings Adam's moments up to date in the first part, once all parts do this. */
  collectMoments(): void {
    this.exchange?.moments((stage) => {
      const { shares } = this.stages[stage]!;
      return [(part) => shares[part]!.moment1, (part) => shares[part]!.moment2];
    });
  }

  async release(): Promise<void> {
    await Promise.all(this.stages.map(({ session }) => session.release()));
  }

  private share(stage: StagePlan, part: number): Share {
    const adam = adamOfShare(stage, this.plan.parts, part);
    const pieces = (kind: "parameter" | "moment1" | "moment2") =>
      adam.map((step) => ({
        at: (step.gradient.offset - stage.block.offset) / 4,
        values: this.view(step[kind]),
      }));
    return { adam, parameter: pieces("parameter"), moment1: pieces("moment1"), moment2: pieces("moment2") };
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
