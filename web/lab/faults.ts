// The mistakes that can be switched on in the lab: those of src/faults that can begin in mid-run, and one of the
// clamp's order, which leaves too faint a trace in a log to be one of them. Each says what the faulty code reads like.

import { type Faulty, faults as known } from "../../src/faults/index.ts";
import { standardParts, type UpdateParts } from "../../src/sac/losses.ts";

export interface LabFault {
  readonly title: string;
  /** The faulty code, in the words of the program it is usually found in. */
  readonly code: string;
  /** What there is to see. */
  readonly effect: string;
  readonly faulty: Faulty;
  readonly clampBeforeStep?: boolean;
  /** Shows nothing where there is one action dimension. */
  readonly needsDimensions?: boolean;
}

export const labFaults = {
  sign: {
    title: "Flipped sign",
    code: "alpha_loss = (log_alpha * (log_pi + target)).mean()",
    effect: "α runs away from the target instead of towards it.",
    faulty: named("sign"),
  },
  "mean-over-dimensions": {
    title: "Mean over dimensions",
    code: "log_pi = log_prob.mean(dim=-1)",
    effect:
      "The entropy is d times too small, so a target of −d is hardly ever reached. Start over with it: the first gap gives it away.",
    faulty: named("mean-over-dimensions"),
    needsDimensions: true,
  },
  "no-tanh-correction": {
    title: "No tanh correction",
    code: "log_pi = normal.log_prob(u).sum(-1)",
    effect: "Pinning actions at the bounds looks like entropy: the policy goes bang-bang.",
    faulty: named("no-tanh-correction"),
  },
  "clamp-before-step": {
    title: "Clamp before the step",
    code: "log_alpha.data.clamp_(lo, hi); optimizer.step()",
    effect: "The step leaves the bound again. Set a bound to see α beyond it.",
    faulty: {},
    clampBeforeStep: true,
  },
  "tiny-action-range": {
    title: "Tiny action range",
    code: "log_pi -= np.log(0.05)  # environment units",
    effect: "Entropy in environment units, half-range 0.05: −3.0 nats a dimension, so −d is out of reach.",
    faulty: named("half-range-0.05"),
  },
  "target-sign": {
    title: "Target without its minus",
    code: "target_entropy = action_dim",
    effect: "No policy is that random: α grows without end.",
    faulty: named("target-sign"),
  },
  "target-times-10": {
    title: "Target ten times lower",
    code: "target_entropy = -10 * action_dim",
    effect: "The constraint never binds: α decays for good.",
    faulty: named("target-times-10"),
  },
  "alpha-lr-times-100": {
    title: "α learning rate × 100",
    code: "alpha_lr = 3e-2",
    effect: "α swings around its target by orders of magnitude.",
    faulty: named("alpha-lr-times-100"),
  },
  "stale-optimiser": {
    title: "Stale optimiser",
    code: "log_alpha = nn.Parameter(…)  # after Adam was made",
    effect: "The loss is logged, yet α stands still.",
    faulty: named("stale-optimiser"),
  },
  "no-alpha-in-actor": {
    title: "No α in the actor loss",
    code: "actor_loss = -min_q.mean()",
    effect: "Nothing pays for randomness, so α cannot move the entropy.",
    faulty: named("no-alpha-in-actor"),
  },
  "reward-times-1000": {
    title: "Rewards × 1000",
    code: "reward *= 1000",
    effect: "α has to climb to the scale of Q before it counts at all.",
    faulty: named("reward-times-1000"),
  },
} as const satisfies Record<string, LabFault>;

export type FaultId = keyof typeof labFaults;

export const faultIds = Object.keys(labFaults) as FaultId[];

/** What all switched-on faults do together. */
export interface Effects {
  readonly parts: UpdateParts;
  /** Whether `parts` are the right ones. */
  readonly sound: boolean;
  readonly inverted: boolean;
  readonly frozen: boolean;
  readonly clampBeforeStep: boolean;
  readonly targetEntropy: number | undefined;
  readonly learningRateFactor: number;
  readonly entropyOffset: number;
  readonly rewardScale: number;
}

/** @param actionSize number of action dimensions */
export function effectsOf(ids: readonly FaultId[], actionSize: number): Effects {
  const chosen = ids.map((id): LabFault => labFaults[id]);
  const faulty = chosen.map((fault) => fault.faulty);
  const temperature = faulty.map((fault) => fault.temperature?.(actionSize) ?? {});
  const product = (factors: (number | undefined)[]) => factors.reduce<number>((a, b) => a * (b ?? 1), 1);
  return {
    parts: Object.assign({}, standardParts, ...faulty.map(({ parts }) => parts)) as UpdateParts,
    sound: faulty.every(({ parts }) => parts === undefined),
    inverted: temperature.some(({ sign }) => sign === -1),
    frozen: temperature.some(({ freezeAt }) => freezeAt !== undefined),
    clampBeforeStep: chosen.some(({ clampBeforeStep }) => clampBeforeStep),
    targetEntropy: faulty.find(({ targetEntropy }) => targetEntropy)?.targetEntropy?.(actionSize),
    learningRateFactor: product(faulty.map((fault) => fault.alphaLearningRateFactor)),
    entropyOffset: faulty.reduce((sum, fault) => sum + (fault.entropyOffset?.(actionSize) ?? 0), 0),
    rewardScale: product(faulty.map((fault) => fault.rewardScale)),
  };
}

function named(name: string): Faulty {
  return known.find((fault) => fault.name === name)!;
}
