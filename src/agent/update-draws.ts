// What an update takes that is drawn at random beside its batch: standard normal noise for the actions, the critics that the
// target leaves out, and which units dropout leaves out. The arrays are the same ones at every update.

import { log } from "../math/index.ts";
import type { RandomStream } from "../random/index.ts";
import type { UpdateSpec } from "../sac/update.ts";
import { EXCLUDED, type MaskUse, masksOf, takesSome } from "../sac/update-inputs.ts";
import type { Noise } from "./learner.ts";

/** A stream each, so that none disturbs another. */
export interface DrawStreams {
  readonly "update noise": RandomStream;
  readonly "target critics": RandomStream;
  readonly dropout: RandomStream;
}

export class UpdateDraws {
  readonly arrays: Noise;
  private readonly spec: UpdateSpec;
  private readonly masks: readonly { readonly use: MaskUse; readonly values: Float32Array }[];
  /** Numbers of the critics, shuffled as far as they are drawn; in order again before the next draw, which must not depend on it. */
  private readonly order: number[];

  constructor(spec: UpdateSpec) {
    const { batchSize, actionSize, choices, critics = 2 } = spec;
    const masks = masksOf(spec).map(({ name, use, units }) => ({
      name,
      use,
      values: new Float32Array(batchSize * units),
    }));
    const draws = () => new Float32Array(batchSize * actionSize);
    this.spec = spec;
    this.masks = masks;
    this.order = Array.from({ length: critics }, (_, i) => i);
    this.arrays = {
      ...(!choices && { noise: draws(), nextNoise: draws() }),
      ...(takesSome(spec) && { excluded: new Float32Array(critics) }),
      ...Object.fromEntries(masks.map(({ name, values }) => [name, values])),
    };
  }

  /** Draws anew what the next update takes. @param movesActor whether the actor takes part in it */
  draw(random: DrawStreams, movesActor: boolean): Noise {
    const { noise, nextNoise, excluded } = this.arrays;
    if (nextNoise) random["update noise"].fillNormal(nextNoise);
    if (noise) random["update noise"].fillNormal(noise);
    if (excluded) this.exclude(excluded, random["target critics"]);
    for (const { use, values } of this.masks) {
      if (use !== "policy" || movesActor) fillMask(values, this.spec.dropout!, random.dropout);
    }
    return this.arrays;
  }

  private exclude(excluded: Float32Array, random: RandomStream): void {
    const { order } = this;
    order.sort((a, b) => a - b);
    excluded.fill(EXCLUDED);
    for (let i = 0; i < this.spec.targetCritics!; i++) {
      const j = i + random.below(order.length - i);
      [order[i], order[j]] = [order[j]!, order[i]!];
      excluded[order[i]!] = 0;
    }
  }
}

/**
 * 0 for a share `rate` of the mask, each place by a draw of its own, and 1 / (1 − rate) for the others. From one 0 to the next
 * it takes one draw: how many are passed over in between is geometrically distributed.
 */
export function fillMask(mask: Float32Array, rate: number, random: Pick<RandomStream, "uniform">): void {
  mask.fill(1 / (1 - rate));
  const scale = 1 / log(1 - rate);
  for (let at = -1; ; ) {
    at += 1 + Math.floor(log(1 - random.uniform()) * scale);
    if (!(at < mask.length)) return;
    mask[at] = 0;
  }
}
