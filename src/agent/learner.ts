// The learner joins the compiled update with the temperature: a batch goes in, the networks and α move one step, and
// the numbers worth logging come out. It holds every quantity that learning changes, and nothing else.

import type { Engine, NamedArrays, Program } from "../engines/engine.ts";
import { TemperedError } from "../errors.ts";
import type { Graph } from "../graph/index.ts";
import { type AdamPowers, adamStep, initialPowers, nextPowers } from "../sac/adam.ts";
import type { LayerValues } from "../sac/network.ts";
import {
  alphaOf,
  init as initTemperature,
  type TemperatureSettings,
  type TemperatureState,
  update as updateTemperature,
} from "../sac/temperature.ts";
import {
  momentNames,
  sacUpdate,
  type UpdateLayouts,
  type UpdateParts,
  type UpdateSpec,
  updateLayouts,
} from "../sac/update.ts";

/** Transitions, row-major: `observation` [batch, observations], `reward` [batch], … Actions are unit actions. */
export interface Batch {
  readonly observation: Float32Array;
  readonly action: Float32Array;
  readonly reward: Float32Array;
  readonly nextObservation: Float32Array;
  /** 1 where the episode ended for good, 0 elsewhere (truncation included). */
  readonly terminated: Float32Array;
}

/** Standard normal draws, each [batch, actions]: `noise` at the observation, `nextNoise` at the next one. */
export interface Noise {
  readonly noise: Float32Array;
  readonly nextNoise: Float32Array;
}

export interface UpdateMetrics {
  readonly criticLoss: number;
  readonly actorLoss: number;
  readonly alphaLoss: number;
  /** α that the critic and actor losses used: its value before this update's temperature step. */
  readonly alpha: number;
  /** log α after the step. */
  readonly logAlpha: number;
  /** Nats, unit actions, summed over action dimensions. */
  readonly entropy: number;
  readonly targetEntropy: number;
  readonly entropyGap: number;
  /** Mean over both critics and the batch. */
  readonly qMean: number;
  /** Share of action components with |a| > 0.99. */
  readonly actionSaturation: number;
}

/** Layers of each network in torch.nn.Linear's layout; the targets start equal to the critics. */
export interface InitialWeights {
  readonly actor: readonly LayerValues[];
  readonly critics: readonly [readonly LayerValues[], readonly LayerValues[]];
}

export interface LearnerOptions {
  readonly engine: Engine;
  readonly spec: UpdateSpec;
  readonly temperature: TemperatureSettings;
  readonly learningRate: number;
  readonly weights: InitialWeights;
  /** Replaced parts of the update, for `src/faults`. */
  readonly parts?: UpdateParts;
}

function partOfUpdate(spec: UpdateSpec, parts: number): Graph | undefined {
  const batchSize = spec.batchSize / parts;
  return Number.isInteger(batchSize) ? sacUpdate({ ...spec, batchSize }) : undefined;
}

export class Learner {
  readonly layouts: UpdateLayouts;
  temperature: TemperatureState;
  powers: AdamPowers = initialPowers;
  /** Updates so far. */
  updates = 0;
  /** The update under way, in the middle of which there is nothing whole to save. */
  underWay: Promise<unknown> | undefined;

  readonly program: Program;
  private readonly settings: TemperatureSettings;
  private readonly learningRate: number;
  private readonly alpha = new Float32Array(1);
  private readonly stepSize = new Float32Array(1);
  private readonly epsilon = new Float32Array(1);

  static async create(options: LearnerOptions): Promise<Learner> {
    const { engine, spec, parts } = options;
    // A part that was replaced need not be a mean over the batch.
    const part = parts ? {} : { part: (count: number) => partOfUpdate(spec, count) };
    const program = await engine.compile(sacUpdate(spec, parts), part);
    try {
      return new Learner(program, options);
    } catch (error) {
      await program.dispose();
      throw error;
    }
  }

  private constructor(program: Program, { spec, temperature, learningRate, weights }: LearnerOptions) {
    this.program = program;
    this.settings = temperature;
    this.learningRate = learningRate;
    this.layouts = updateLayouts(spec);
    this.temperature = initTemperature(temperature);
    const write = (layout: UpdateLayouts["actor"], layers: readonly LayerValues[]) => {
      const values = layout.pack(layers);
      layout.blocks.forEach(({ name }, i) => void program.writeState(name, values[i]!));
    };
    write(this.layouts.actor, weights.actor);
    weights.critics.forEach((layers, i) => {
      write(this.layouts.critics[i]!, layers);
      write(this.layouts.targets[i]!, layers);
    });
  }

  /** α as the next update will use it. */
  get currentAlpha(): number {
    return alphaOf(this.settings, this.temperature);
  }

  /**
   * One update of critics, actor, temperature and targets.
   * @param step environment steps so far, for a scheduled target entropy
   * @throws TemperedError (NOT_FINITE) if a loss or the entropy is NaN or infinite; the weights are then spoilt
   */
  async update(batch: Batch, noise: Noise, step: number): Promise<UpdateMetrics> {
    this.powers = nextPowers(this.powers);
    const adam = adamStep(this.learningRate, this.powers);
    const alpha = this.currentAlpha;
    this.alpha[0] = alpha;
    this.stepSize[0] = adam.size;
    this.epsilon[0] = adam.epsilon;
    const running = this.program.run({
      observation: batch.observation,
      action: batch.action,
      reward: batch.reward,
      nextObservation: batch.nextObservation,
      terminated: batch.terminated,
      noise: noise.noise,
      nextNoise: noise.nextNoise,
      alpha: this.alpha,
      stepSize: this.stepSize,
      epsilon: this.epsilon,
    });
    let outputs: NamedArrays;
    try {
      if (running instanceof Promise) this.underWay = running;
      outputs = await running;
    } finally {
      this.underWay = undefined;
    }
    this.updates += 1;
    const [criticLoss, actorLoss, entropy, qMean, saturation] = (
      ["criticLoss", "actorLoss", "entropy", "q", "saturation"] as const
    ).map((name) => outputs[name]![0]!) as [number, number, number, number, number];
    if (!Number.isFinite(criticLoss) || !Number.isFinite(actorLoss) || !Number.isFinite(entropy)) {
      throw new TemperedError(
        "NOT_FINITE",
        `Expected finite losses, got critic loss ${criticLoss}, actor loss ${actorLoss} and entropy ${entropy} at ` +
          `update ${this.updates} with α ${alpha}; look at the scale of rewards and observations and at the learning rate`,
      );
    }
    const tuned = updateTemperature(this.settings, this.temperature, entropy, step);
    this.temperature = tuned.state;
    return {
      criticLoss,
      actorLoss,
      alphaLoss: tuned.loss,
      alpha,
      logAlpha: tuned.state.logAlpha,
      entropy,
      targetEntropy: tuned.targetEntropy,
      entropyGap: tuned.gap,
      qMean,
      actionSaturation: saturation,
    };
  }

  /** Weights of a network as its layers. The arrays are copies. */
  layersOf(layout: UpdateLayouts["actor"]): LayerValues[] {
    return layout.unpack(layout.blocks.map(({ name }) => this.program.readState(name)));
  }

  /** Names of all states of one network's blocks: parameters, then moments where it is trained. */
  stateNames(): string[] {
    const { actor, critics, targets } = this.layouts;
    const trained = [actor, ...critics].flatMap(({ blocks }) =>
      blocks.flatMap(({ name }) => [name, ...momentNames(name)]),
    );
    return [...trained, ...targets.flatMap(({ blocks }) => blocks.map(({ name }) => name))];
  }

  async dispose(): Promise<void> {
    await this.program.dispose();
  }
}
