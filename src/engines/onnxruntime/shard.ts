// One thread's shard of a program: sessions over states in a memory of its own, and the optimiser's steps between
// them. A program on one thread is a single shard. On several threads each has a shard of the batch, and of every parameter
// a share: it takes the mean of all shards' gradients there, moves its share, and hands it to the others. So parameters
// stay equal in all shards, to the bit, but Adam's moments are kept up by one shard each, until somebody wants to see them.
//
// Workers run the text of this file (worker.generated.ts): it imports nothing but exchange.ts and types.

import { type Exchange, type Slice, shareOf } from "./exchange.ts";
import type { Region } from "./memory.ts";
import type { Session, Sessions } from "./session.ts";
import type { AdamPlan, Bound, Scalar, ShardPlan, StagePlan } from "./shard-plan.ts";

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
  /** One a shard: what it moves after the session's run, and its block of gradients. */
  readonly shares: readonly Share[];
  readonly blocks: readonly Float32Array[];
}

/** Adam's steps for a shard's share of a stage's gradients, and the arrays that they move. */
interface Share {
  readonly adam: readonly AdamPlan[];
  readonly parameter: readonly Slice[];
  readonly moment1: readonly Slice[];
  readonly moment2: readonly Slice[];
}

export class Shard {
  readonly plan: ShardPlan;
  private readonly memory: WebAssembly.Memory;
  private readonly kernels: Kernels;
  private readonly stages: readonly RunningStage[];
  private readonly exchange: Exchange | undefined;
  /** Runs so far: equal in all shards. */
  runs = 0;
  /** Whether states are about to change: not so as soon as `run` has returned, where sessions run at once. */
  isRunning = false;

  /** @param exchange where there are several shards */
  static async create(
    sessions: Sessions,
    plan: ShardPlan,
    memory: WebAssembly.Memory,
    module: WebAssembly.Module,
    exchange?: Exchange,
  ): Promise<Shard> {
    const standing = (bound: readonly Bound[], further = 0) =>
      bound.map(({ name, shape, region: { offset, length } }) => ({
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
    return new Shard(plan, memory, instance.exports as unknown as Kernels, created, exchange);
  }

  private constructor(
    plan: ShardPlan,
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
      shares: Array.from({ length: plan.shards }, (_, shard) => this.share(stage, shard)),
      blocks: Array.from({ length: plan.shards }, (_, shard) =>
        this.view({ ...stage.block, offset: stage.block.offset + shard * 4 * stage.block.length }),
      ),
    }));
  }

  view({ offset, length }: Region): Float32Array {
    return new Float32Array(this.memory.buffer, offset, length);
  }

  /** One run of an entry on the inputs that stand in memory. */
  async run(entry: number): Promise<void> {
    const clear = this.runs++ % CLEAR_EVERY === 0;
    const { firstStage, stages, moved } = this.plan.entries[entry]!;
    this.isRunning = true;
    try {
      for (let i = firstStage; i < firstStage + stages; i++) {
        const { plan, session, shares, blocks } = this.stages[i]!;
        const running = session.run();
        if (running !== undefined) await running;
        this.exchangeGradients(i, shares[this.me]!, blocks);
        this.step(shares[this.me]!.adam, clear);
        if (i === firstStage + stages - 1)
          this.exchange?.outputsOf(this.me).set(this.view(this.plan.outputs));
        this.exchange?.parameters(i, (shard) => shares[shard]!.parameter);
        for (const { target, parameter, tau } of plan.polyak) {
          this.kernels.polyak(target.offset, parameter.offset, target.length, tau);
        }
      }
      for (const { from, to } of moved) this.view(to).set(this.view(from));
    } finally {
      this.isRunning = false;
    }
  }

  private get me(): number {
    return this.exchange?.me ?? 0;
  }

  /** Puts the mean of all shards' gradients where this shard's share of them stands. */
  private exchangeGradients(stage: number, { adam }: Share, blocks: readonly Float32Array[]): void {
    if (this.exchange === undefined) return;
    this.exchange.gradients(stage, blocks);
    const { length } = blocks[0]!;
    for (const { gradient } of adam)
      this.kernels.mean(gradient.offset, 4 * length, this.plan.shards, gradient.length);
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

  /** Brings Adam's moments up to date in the first shard, once all shards do this. */
  collectMoments(): void {
    this.exchange?.moments((stage) => {
      const { shares } = this.stages[stage]!;
      return [(shard) => shares[shard]!.moment1, (shard) => shares[shard]!.moment2];
    });
  }

  async release(): Promise<void> {
    await Promise.all(this.stages.map(({ session }) => session.release()));
  }

  private share(stage: StagePlan, shard: number): Share {
    const adam = adamOfShare(stage, this.plan.shards, shard);
    const slices = (kind: "parameter" | "moment1" | "moment2") =>
      adam.map((step) => ({
        at: (step.gradient.offset - stage.block.offset) / 4,
        values: this.view(step[kind]),
      }));
    return { adam, parameter: slices("parameter"), moment1: slices("moment1"), moment2: slices("moment2") };
  }

  private scalar(scalar: Scalar): number {
    return typeof scalar === "number" ? scalar : this.view(scalar)[0]!;
  }
}

/** The steps that move a shard's share of every parameter of the stage. */
function adamOfShare({ adam }: StagePlan, shards: number, shard: number): AdamPlan[] {
  return adam.flatMap((step) => {
    const { start, end } = shareOf(step.gradient.length, shards, shard);
    if (start === end) return [];
    const slice = ({ offset }: Region): Region => ({ offset: offset + 4 * start, length: end - start });
    return {
      ...step,
      parameter: slice(step.parameter),
      moment1: slice(step.moment1),
      moment2: slice(step.moment2),
      gradient: slice(step.gradient),
    };
  });
}
