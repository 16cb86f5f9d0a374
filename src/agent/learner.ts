// The learner joins the compiled update with the temperature: a batch goes in, the networks and α move one step, and
// the numbers worth logging come out. It holds every quantity that learning changes, and nothing else.

import type { Engine, NamedArrays, Program } from "../engines/engine.ts";
import { TemperedError } from "../errors.ts";
import type { GraphMetrics } from "../metrics/table.ts";
import { adamStep, type BetaPowers, initialBetaPowers, nextBetaPowers } from "../sac/adam.ts";
import type { InitialWeights } from "../sac/initial-weights.ts";
import type { UpdateParts } from "../sac/losses.ts";
import type { Network } from "../sac/network.ts";
import { type SacNetworks, sacNetworks } from "../sac/networks.ts";
import type { LayerValues } from "../sac/packing.ts";
import { type Schedule, scheduledAt } from "../sac/schedule.ts";
import type { Temperature, TemperatureReport } from "../sac/temperature.ts";
import { sacUpdate, splitUpdate, type UpdateSpec } from "../sac/update.ts";
import { Exclusive } from "./exclusive.ts";
import {
  blocksOf,
  checkTensors,
  type LearnerState,
  namedTensors,
  storedBlocks,
  valueNames,
} from "./learner-state.ts";
import type { StoredTensor } from "./safetensors.ts";

/**
 * Transitions, row-major: `observation` [batch, observations], `reward` [batch], … Actions are unit actions; discrete ones
 * are numbers from 0 up in a replay buffer, and columns (`toColumns`) in an update.
 */
export interface Batch {
  readonly observation: Float32Array;
  readonly action: Float32Array;
  readonly reward: Float32Array;
  readonly nextObservation: Float32Array;
  /** What the value of the next observation counts: γ, or 0 where the episode ended for good (not by truncation). */
  readonly discount: Float32Array;
}

/** What an update takes that is drawn at random, where it takes it (sac/update-inputs.ts). */
export interface Noise {
  /** Standard normal draws, each [batch, actions]: at the observation, and at the next one. */
  readonly noise?: Float32Array;
  readonly nextNoise?: Float32Array;
  /** [critics] which of them the target leaves out. */
  readonly excluded?: Float32Array;
  /** Masks of dropout layers, each [batch, units]. */
  readonly [mask: `dropout/${string}`]: Float32Array;
}

/** Numbers of one update; what its graph puts out, NaN where the actor did not move; and: */
export interface UpdateMetrics extends GraphMetrics, Omit<TemperatureReport, "loss" | "gap"> {
  readonly alphaLoss: number;
  /** α that the critic and actor losses used: its value before this update's temperature step. */
  readonly alpha: number;
  /** log α after the step. */
  readonly logAlpha: number;
  readonly entropyGap: number;
}

/** What a learner is made of. */
export interface LearnerOptions {
  readonly engine: Engine;
  readonly spec: UpdateSpec;
  readonly temperature: Temperature;
  /** Of actor and critics; a schedule is over the environment steps. */
  readonly learningRate: number | Schedule;
  /** Updates of the critics to one of actor and temperature. Default 1. */
  readonly policyDelay?: number;
  /** AdamW's, where the update decays its weights. Default 0. */
  readonly weightDecay?: number;
  /** Updates of a network before its batch renorm trusts the running statistics. Default 100,000. */
  readonly renormWarmup?: number;
  readonly weights: InitialWeights;
  /** Replaced parts of the update, for `src/faults`. */
  readonly parts?: UpdateParts;
}

/**
 * The update at work: the networks' program on an engine, the temperature, and the draws of noise. Knows no
 * environment.
 */
export class Learner {
  readonly networks: SacNetworks;
  readonly temperature: Temperature;
  /** Updates so far. */
  updates = 0;
  readonly program: Program;

  private readonly learningRate: number | Schedule;
  private readonly weightDecay: number;
  private readonly policyDelay: number;
  /** Whether critics and actor move in a program each: the actor more seldom, or by statistics that the critics leave. */
  private readonly isSplit: boolean;
  private readonly renormWarmup: number;
  private readonly beta1: number | undefined;
  private readonly warm = new Float32Array(1);
  private betaPowers: BetaPowers = initialBetaPowers;
  /** Of an actor that moves less often. */
  private actorBetaPowers: BetaPowers = initialBetaPowers;
  private readonly alpha = new Float32Array(1);
  private readonly stepSize = new Float32Array(1);
  private readonly epsilon = new Float32Array(1);
  private readonly keep = new Float32Array(1);
  /** What the program is handed, one object for all updates. */
  private readonly inputs: Record<string, Float32Array> = {
    alpha: this.alpha,
    stepSize: this.stepSize,
    epsilon: this.epsilon,
  };
  /** The one queue of all that uses the program: updates, and states read and written. */
  private readonly queue = new Exclusive();

  /** Compiles the update; networks begin at random, by the seed. */
  static async create(options: LearnerOptions): Promise<Learner> {
    const { engine, spec, parts } = options;
    const program = await engine.compile(
      isSplit(options) ? splitUpdate(spec, parts) : sacUpdate(spec, parts),
    );
    try {
      const learner = new Learner(program, options);
      await learner.initialize(options.weights);
      return learner;
    } catch (error) {
      await program.dispose();
      throw error;
    }
  }

  private constructor(program: Program, options: LearnerOptions) {
    const { spec, temperature, learningRate, policyDelay = 1, weightDecay = 0 } = options;
    this.program = program;
    this.isSplit = isSplit(options);
    this.renormWarmup = options.renormWarmup ?? 100_000;
    this.beta1 = spec.beta1;
    if (spec.batchRenorm) this.inputs.warm = this.warm;
    if (spec.decays) this.inputs.keep = this.keep;
    this.weightDecay = weightDecay;
    this.policyDelay = policyDelay;
    this.temperature = temperature;
    this.learningRate = learningRate;
    this.networks = sacNetworks(spec);
  }

  private async initialize({ actor, critics }: InitialWeights): Promise<void> {
    const write = async (network: Network, layers: readonly LayerValues[]) => {
      const values = network.pack(layers);
      for (const [i, name] of valueNames(network).entries()) await this.program.writeState(name, values[i]!);
    };
    await write(this.networks.actor, actor);
    for (const [i, layers] of critics.entries()) {
      await write(this.networks.critics[i]!, layers);
      const target = this.networks.targets[i];
      if (target) await write(target, layers);
    }
  }

  /**
   * One update of critics, actor, temperature and targets; with a `policyDelay`, actor and temperature take part in the first
   * of so many.
   * @param step environment steps so far, for a scheduled target entropy or learning rate
   * @throws TemperedError (NOT_FINITE) if a loss or the entropy is NaN or infinite; the weights are then corrupted
   */
  update(batch: Batch, noise: Noise, step: number): Promise<UpdateMetrics> {
    return this.queue.run(() => this.updateNow(batch, noise, step));
  }

  private async updateNow(batch: Batch, noise: Noise, step: number): Promise<UpdateMetrics> {
    const { alpha } = this.temperature;
    this.alpha[0] = alpha;
    const { movesActor } = this;
    Object.assign(this.inputs, batch, noise);
    this.betaPowers = nextBetaPowers(this.betaPowers, this.beta1);
    this.warm[0] = this.updates >= this.renormWarmup ? 1 : 0;
    const learningRate = scheduledAt(this.learningRate, step);
    this.keep[0] = 1 - learningRate * this.weightDecay;
    const measured = await this.run(learningRate, this.betaPowers, this.isSplit ? "critics" : undefined);
    if (movesActor && this.isSplit) {
      this.actorBetaPowers = nextBetaPowers(this.actorBetaPowers, this.beta1);
      this.warm[0] = this.updates / this.policyDelay >= this.renormWarmup ? 1 : 0;
      Object.assign(measured, await this.run(learningRate, this.actorBetaPowers, "actor"));
    }
    this.updates += 1;
    const { criticLoss, actorLoss, entropy } = measured;
    const actorIsFinite = !movesActor || (Number.isFinite(actorLoss) && Number.isFinite(entropy));
    if (!Number.isFinite(criticLoss) || !actorIsFinite) {
      throw new TemperedError(
        "NOT_FINITE",
        `Expected finite losses, got critic loss ${criticLoss}, actor loss ${actorLoss} and entropy ${entropy} at ` +
          `update ${this.updates} with α ${alpha}; look at the scale of rewards and observations and at the learning rate`,
      );
    }
    if (!movesActor)
      return Object.assign(measured, ofNoActor, { alpha, logAlpha: this.temperature.logAlpha });
    const { loss: alphaLoss, targetEntropy, gap: entropyGap } = this.temperature.update(entropy, step);
    const { logAlpha } = this.temperature;
    return Object.assign(measured, { alphaLoss, alpha, logAlpha, targetEntropy, entropyGap });
  }

  /** One run of the program, with Adam's scalars after so many of its steps. */
  private async run(
    learningRate: number,
    betaPowers: BetaPowers,
    entry?: "critics" | "actor",
  ): Promise<GraphMetrics> {
    const { size, epsilon } = adamStep(learningRate, betaPowers, this.beta1);
    this.stepSize[0] = size;
    this.epsilon[0] = epsilon;
    const running = this.program.run(this.inputs, entry);
    return scalarsOf(running instanceof Promise ? await running : running);
  }

  /** Whether actor and temperature take part in the next update. */
  get movesActor(): boolean {
    return this.updates % this.policyDelay === 0;
  }

  /** The actor's values where the engine keeps them, as it packs them: for acting between two updates. */
  actorBlocks(): readonly Float32Array[] {
    return valueNames(this.networks.actor).map((name) => this.program.view(name));
  }

  /** Weights of a network as its layers. The arrays are copies. */
  layersOf(network: Network): Promise<LayerValues[]> {
    return this.queue.run(async () => network.unpack(await this.read(valueNames(network))));
  }

  /** Everything that learning changes. The arrays are copies. Waits for the update in flight. */
  state(): Promise<LearnerState> {
    return this.queue.run(async () => {
      const tensors: [string, StoredTensor][] = [];
      for (const stored of storedBlocks(this.networks)) {
        tensors.push(...namedTensors(stored, await this.read(stored.states)));
      }
      return {
        updates: this.updates,
        temperature: this.temperature.state(),
        betaPowers: this.betaPowers,
        ...(this.isSplit && { actorBetaPowers: this.actorBetaPowers }),
        tensors: new Map(tensors),
      };
    });
  }

  /** @throws TemperedError (SNAPSHOT) for a state of other networks, or numbers that are not finite; nothing is changed then */
  async restore({ updates, temperature, betaPowers, actorBetaPowers, tensors }: LearnerState): Promise<void> {
    checkTensors(this.networks, tensors);
    const stored = storedBlocks(this.networks).map((blocks) => ({
      blocks,
      values: blocksOf(blocks, tensors),
    }));
    return this.queue.run(async () => {
      for (const { blocks, values } of stored) {
        for (const [i, name] of blocks.states.entries()) await this.program.writeState(name, values[i]!);
      }
      this.temperature.restore(temperature);
      this.betaPowers = betaPowers;
      this.actorBetaPowers = actorBetaPowers ?? betaPowers;
      this.updates = updates;
      this.program.runs = this.isSplit ? updates + Math.ceil(updates / this.policyDelay) : updates;
    });
  }

  private async read(names: readonly string[]): Promise<Float32Array[]> {
    const values: Float32Array[] = [];
    for (const name of names) values.push(await this.program.readState(name));
    return values;
  }

  /** Frees the engine's memory. */
  async dispose(): Promise<void> {
    await this.queue.run(() => this.program.dispose());
  }
}

function isSplit({ policyDelay = 1, spec }: LearnerOptions): boolean {
  return policyDelay > 1 || spec.batchRenorm === true;
}

/** Of an update in which actor and temperature rest. */
const ofNoActor = {
  actorLoss: Number.NaN,
  entropy: Number.NaN,
  actionSaturation: Number.NaN,
  alphaLoss: Number.NaN,
  targetEntropy: Number.NaN,
  entropyGap: Number.NaN,
};

/** The graph's outputs, all of which are scalars. */
function scalarsOf(outputs: NamedArrays): GraphMetrics {
  const scalars: Record<string, number> = {};
  for (const name in outputs) scalars[name] = outputs[name]![0]!;
  return scalars as unknown as GraphMetrics;
}
