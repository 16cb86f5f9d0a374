// The laboratory's temperature: settings and faults may change at any update. The sound step is the library's own; a fault
// changes what goes into it: a flipped sign is the entropy's mirror image about its target, a clamp in the wrong place is
// a bound on what the step starts from.

import {
  init,
  scheduledAt,
  type Temperature,
  type TemperatureReport,
  type TemperatureSettings,
  type TemperatureState,
  update,
} from "../../../src/sac/temperature.ts";
import type { Effects } from "../faults.ts";
import type { TemperatureUpdate } from "../messages.ts";
import { type Setup, targetOf } from "../setup.ts";

export class LiveTemperature implements Temperature {
  /** The latest update, told in numbers. */
  told: TemperatureUpdate | undefined;
  setup: Setup;
  effects: Effects;
  private current: TemperatureState;

  constructor(setup: Setup, effects: Effects) {
    this.setup = setup;
    this.effects = effects;
    this.current = init(this.settings());
  }

  get alpha(): number {
    return Math.exp(this.current.logAlpha);
  }

  get logAlpha(): number {
    return this.current.logAlpha;
  }

  /** @param entropy of the batch, nats, as the update's graph reports it */
  update(entropy: number): TemperatureReport {
    const { effects, setup, current } = this;
    const settings = this.settings();
    const { targetEntropy } = settings;
    const learningRate = scheduledAt(settings.learningRate, 0);
    const seen = entropy + effects.entropyOffset;
    const bounds = { min: Math.log(setup.alphaMin ?? 0), max: Math.log(setup.alphaMax ?? Infinity) };
    const late = effects.clampBeforeStep;
    const start = late
      ? { ...current, logAlpha: Math.min(Math.max(current.logAlpha, bounds.min), bounds.max) }
      : current;
    const taken = effects.inverted ? 2 * targetEntropy - seen : seen;
    const free = update(settings, start, taken);
    const step = late
      ? free
      : update({ ...settings, minLogAlpha: bounds.min, maxLogAlpha: bounds.max }, start, taken);
    const after = effects.frozen ? current : step.state;
    const gap = seen - targetEntropy;
    this.told = {
      logProb: -seen,
      targetEntropy,
      gap,
      loss: step.loss,
      gradient: (setup.loss === "alpha" ? Math.exp(start.logAlpha) : 1) * step.gap,
      direction: (start.logAlpha - free.state.logAlpha) / learningRate,
      learningRate,
      logAlpha: current.logAlpha,
      newLogAlpha: after.logAlpha,
      held: !effects.frozen && step.state.logAlpha !== free.state.logAlpha,
    };
    this.current = after;
    return { loss: step.loss, targetEntropy, gap };
  }

  state(): TemperatureState {
    return this.current;
  }

  restore(state: TemperatureState): void {
    this.current = state;
  }

  /** Without bounds. */
  private settings(): TemperatureSettings & { targetEntropy: number } {
    const { setup, effects } = this;
    return {
      alpha: "auto",
      targetEntropy: effects.targetEntropy ?? targetOf(setup),
      learningRate: setup.alphaLearningRate * effects.learningRateFactor,
      initialAlpha: setup.initialAlpha,
      loss: setup.loss,
      min: 0,
      max: Infinity,
      minLogAlpha: -Infinity,
      maxLogAlpha: Infinity,
    };
  }
}
