// What an update takes in: the settings that shape its graph, and the graph's inputs. Everything drawn at random comes from
// outside, so that a graph computes the same wherever it runs.
//
// Of every update: `observation`, `nextObservation` [batch, observations]; `action` [batch, actions] in unit actions, or as
// `categorical` takes discrete ones; `reward`, `discount` [1, batch]; the scalars `alpha`, `stepSize` and `epsilon` (see
// `adamStep`), and where weights decay `keep`, what a step leaves of them. Of continuous actions `noise`, `nextNoise`
// [batch, actions], standard normal. Where the target takes some of the critics alone, `excluded` [1, critics]: 0 for those
// that it takes, EXCLUDED for the others. Where critics have dropout, a mask [batch, units] for each use of each such
// layer, under the name that `maskName` gives. Where there is batch renorm the scalar `warm`: 1 once its warm-up is over.

import { add, input, slice, type Tensor } from "../graph/index.ts";
import { BETA_1 } from "./adam.ts";
import { droppedWidths } from "./layers.ts";
import { actionWidth, type NetworksSpec, sacNetworks } from "./networks.ts";
import type { Quantiles } from "./quantiles.ts";
import type { Descent } from "./trained.ts";

/** Sizes and variants of an update's graph. */
export interface UpdateSpec extends NetworksSpec {
  readonly batchSize: number;
  /** Share of the critics that flows into the targets at each update. */
  readonly tau: number;
  /** How many critics, drawn anew at each update, the target takes the least of. Default: all. */
  readonly targetCritics?: number | undefined;
  /** What the actor takes for Q: the least of all critics, or their mean. Default "minimum". */
  readonly actorValue?: "minimum" | "mean" | undefined;
  /** Quantiles that the target drops of each critic. Default 0. */
  readonly droppedQuantiles?: number | undefined;
  /** Adam's β₁ for actor and critics. Default 0.9. */
  readonly beta1?: number | undefined;
  /** Whether weights decay at each step (AdamW). Default false. */
  readonly decays?: boolean | undefined;
}

/** More than any Q: what makes a critic never the least. */
export const EXCLUDED = 1e30;

/** Where a critic is used in an update: at what was done, at the next state (its target), at what the policy would do. */
export type MaskUse = "taken" | "next" | "policy";

export const maskName = (use: MaskUse, network: string, layer: number) =>
  `dropout/${use}/${network}/${layer}`;

/** The masks of an update: their names and numbers of units. */
export function masksOf(
  spec: UpdateSpec,
): { readonly name: string; readonly use: MaskUse; readonly units: number }[] {
  const { critics, targets } = sacNetworks(spec);
  const uses: [MaskUse, typeof critics][] = [
    ["next", targets.length > 0 ? targets : critics],
    ["taken", critics],
    ["policy", critics],
  ];
  return uses.flatMap(([use, networks]) =>
    networks.flatMap(({ spec: { name }, spec }) =>
      droppedWidths(spec).map((units, layer) => ({ name: maskName(use, name, layer), use, units })),
    ),
  );
}

/** Whether the target takes some of the critics alone. */
export function takesSome({ critics = 2, targetCritics = critics }: UpdateSpec): boolean {
  return targetCritics < critics;
}

/** Of critics that give quantiles: how many, and how many of them the target drops. */
export function quantilesOf({ quantiles = 1, droppedQuantiles = 0 }: UpdateSpec): Quantiles | undefined {
  return quantiles > 1 ? { each: quantiles, dropped: droppedQuantiles } : undefined;
}

export type BatchTensors = ReturnType<typeof batchInputs>;

export function batchInputs(spec: UpdateSpec) {
  const { batchSize, observationSize, actionSize, critics = 2 } = spec;
  const rows = (name: string, size: number): Tensor => input(name, [batchSize, size]);
  const adam: Descent = {
    beta1: spec.beta1 ?? BETA_1,
    stepSize: input("stepSize", []),
    epsilon: input("epsilon", []),
    ...(spec.decays && { keep: input("keep", []) }),
  };
  const excluded = takesSome(spec) ? input("excluded", [1, critics]) : undefined;
  return {
    observation: rows("observation", observationSize),
    action: rows("action", actionWidth(spec)),
    reward: input("reward", [1, batchSize]),
    nextObservation: rows("nextObservation", observationSize),
    discount: input("discount", [1, batchSize]),
    noise: rows("noise", actionSize),
    nextNoise: rows("nextNoise", actionSize),
    alpha: input("alpha", []),
    adam,
    warm: input("warm", []),
    mask: (use: MaskUse, network: string, layer: number, units: number) =>
      rows(maskName(use, network, layer), units),
    /** The Q of target critic `i`, out of reach of a minimum where that critic is left out. */
    unlessExcluded: (q: Tensor, i: number) => (excluded ? add(q, slice(excluded, 1, i, i + 1)) : q),
  };
}
