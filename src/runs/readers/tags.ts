// From a tag to the quantity it holds: exactly, where a program is known; else by what its words say, so that
// "Mean Alpha", "sac/alpha" and "losses/alpha" all are α and "alpha_max" is nothing.

import type { Quantity } from "../series.ts";
import { type Conversion, PROGRAMS, type Program, type TagSpec } from "./programs.ts";

export interface TagMeaning {
  readonly quantity: Quantity;
  readonly tag: string;
  readonly as?: Conversion;
}

/** Not a program's tag: the column of the times at which the events of α were written. */
export const WALL_TIME = "wall_time";

/** What people call the quantities, best name first. */
const ALIASES: Readonly<Partial<Record<Quantity, readonly (string | readonly [string, Conversion])[]>>> = {
  step: [
    "total_timesteps",
    "env_steps",
    "env_step",
    "environment_steps",
    "global_step",
    "total_steps",
    "timesteps",
    "timestep",
    "num_steps",
    "steps",
    "step",
    "iteration",
    "iter",
  ],
  updates: [
    "n_updates",
    "num_updates",
    "updates",
    "update",
    "gradient_steps",
    "gradient_step",
    "grad_steps",
    "train_steps",
  ],
  alpha: [
    "alpha",
    "ent_coef",
    "ent_coeff",
    "entropy_coef",
    "entropy_coeff",
    "entropy_coefficient",
    "temperature",
    "temp",
    "entropy_temperature",
    ["log_alpha", "exp"],
    ["log_ent_coef", "exp"],
    ["log_temperature", "exp"],
    ["log_temp", "exp"],
  ],
  alphaLoss: [
    "alpha_loss",
    "loss_alpha",
    "ent_coef_loss",
    "ent_coeff_loss",
    "entropy_coef_loss",
    "temperature_loss",
    "temp_loss",
    "log_alpha_loss",
  ],
  entropy: [
    "entropy",
    "policy_entropy",
    "action_entropy",
    "actor_entropy",
    "h_mean",
    ["log_prob", "negate"],
    ["logprob", "negate"],
    ["log_probs", "negate"],
    ["log_pi", "negate"],
    ["log_pis", "negate"],
    ["logpi", "negate"],
    ["logp", "negate"],
    ["logps", "negate"],
    ["logp_pi", "negate"],
  ],
  targetEntropy: ["target_entropy", "entropy_target"],
  actorLoss: ["actor_loss", "policy_loss", "pi_loss", "loss_pi", "loss_actor", "loss_policy"],
  criticLoss: [
    "critic_loss",
    "q_loss",
    "qf_loss",
    "loss_q",
    "loss_critic",
    "qf1_loss",
    "q1_loss",
    "critic1_loss",
    "critic_1_loss",
    "critic_1",
  ],
  q: ["q", "q_mean", "q_value", "q_values", "q1", "qf1", "qf1_values", "q1_values", "q1_value", "qf"],
  return: [
    "ep_rew",
    "episodic_return",
    "episode_return",
    "episode_reward",
    "ep_return",
    "ep_ret",
    "return",
    "returns",
    "total_reward",
    "cumulative_reward",
    "score",
    "reward",
    "rewards",
  ],
  evalReturn: [],
  episodeLength: ["ep_len", "episode_length", "episodic_length", "episode_len", "ep_length"],
  learningRate: [
    "alpha_lr",
    "alpha_learning_rate",
    "ent_coef_lr",
    "entropy_learning_rate",
    "learning_rate",
    "lr",
  ],
  actionSaturation: ["action_saturation", "saturation"],
  time: [WALL_TIME, "time_elapsed", "elapsed_time", "time_total_s", "total_time"],
};

/** Words that say where or how a number was taken, not what it is. */
const QUALIFIERS = new Set(
  "train training trainer eval evaluation test loss losses charts chart rollout sac agent agents policy learner learners update info stats metrics mean avg average current main default 0 value values item env environment".split(
    " ",
  ),
);
const EVALUATION = new Set(["eval", "evaluation", "test"]);
const MAX_TAG_LENGTH = 200;

const BY_ALIAS = new Map<string, { quantity: Quantity; rank: number; as?: Conversion }>();
for (const [quantity, aliases] of Object.entries(ALIASES) as [
  Quantity,
  NonNullable<(typeof ALIASES)[Quantity]>,
][]) {
  aliases.forEach((alias, rank) => {
    if (typeof alias === "string") BY_ALIAS.set(alias, { quantity, rank });
    else BY_ALIAS.set(alias[0], { quantity, rank, as: alias[1] });
  });
}

const EXACT = new Set<string>();
for (const program of PROGRAMS) {
  for (const tag of program.signature) EXACT.add(tag);
  for (const specs of Object.values(program.tags)) for (const spec of specs) EXACT.add(tagOf(spec));
}
const ALPHA = new Set(PROGRAMS.flatMap(({ tags }) => (tags.alpha ?? []).map(tagOf)));
const OTHER_AXIS = new Set(PROGRAMS.flatMap((program) => program.otherAxis ?? []));

/** Some loggers put their own scope before every tag. */
export function plainTag(tag: string): string {
  return tag.startsWith("ray/tune/") ? tag.slice("ray/tune/".length) : tag;
}

/** Whether any program, or plain language, gives the tag a meaning. */
export function isKnownTag(tag: string): boolean {
  return EXACT.has(plainTag(tag)) || meaningOfWords(tag) !== undefined;
}

/** Whether a known program writes exactly this tag. */
export function isProgramTag(tag: string): boolean {
  return EXACT.has(tag);
}

/** Whether the tag holds α, or its logarithm. */
export function isAlphaTag(tag: string): boolean {
  return ALPHA.has(plainTag(tag)) || meaningOfWords(tag)?.quantity === "alpha";
}

/** Whether the tag's own axis is another than α's. */
export function hasOtherAxis(tag: string): boolean {
  return OTHER_AXIS.has(tag);
}

/** What a name says in words; `rank` orders the names of one quantity, best first. */
export function meaningOfWords(
  name: string,
): { quantity: Quantity; rank: number; as?: Conversion } | undefined {
  if (name.length > MAX_TAG_LENGTH) return undefined;
  const words = wordsOf(name);
  const evaluation = words.some((word) => EVALUATION.has(word));
  let from = 0;
  let to = words.length;
  for (;;) {
    const known = BY_ALIAS.get(words.slice(from, to).join("_"));
    if (known) {
      if (!evaluation) return known;
      return known.quantity === "return" ? { ...known, quantity: "evalReturn" } : undefined;
    }
    if (to - from > 1 && QUALIFIERS.has(words[from]!)) from++;
    else if (to - from > 1 && QUALIFIERS.has(words[to - 1]!)) to--;
    else return undefined;
  }
}

/** The program whose signature is among the tags. */
export function programOf(tags: ReadonlySet<string>): Program | undefined {
  return PROGRAMS.find((program) => program.signature.some((tag) => tags.has(tag)));
}

/** Which tag holds which quantity: the program's own first, then what the remaining tags say in words. */
export function meaningsOf(tags: ReadonlySet<string>, program: Program | undefined): TagMeaning[] {
  const meanings: TagMeaning[] = [];
  const taken = new Set<string>(program?.misleading);
  const found = new Set<Quantity>();
  for (const [quantity, specs] of Object.entries(program?.tags ?? {}) as [Quantity, readonly TagSpec[]][]) {
    for (const spec of specs) taken.add(tagOf(spec));
    const spec = specs.find((candidate) => tags.has(tagOf(candidate)));
    if (spec === undefined) continue;
    found.add(quantity);
    meanings.push(typeof spec === "string" ? { quantity, tag: spec } : { quantity, ...spec });
  }
  const inWords = new Map<Quantity, TagMeaning & { readonly rank: number }>();
  for (const tag of tags) {
    const meaning = taken.has(tag) ? undefined : meaningOfWords(tag);
    if (!meaning || found.has(meaning.quantity)) continue;
    const best = inWords.get(meaning.quantity);
    if (!best || meaning.rank < best.rank) inWords.set(meaning.quantity, { ...meaning, tag });
  }
  return [...meanings, ...inWords.values()];
}

function tagOf(spec: TagSpec): string {
  return typeof spec === "string" ? spec : spec.tag;
}

/** Lower-case words of a name in any spelling: "AlphaLoss", "alpha-loss", "Alpha Loss (mean)". */
export function wordsOf(name: string): string[] {
  return name
    .replace(/α/g, "alpha")
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "");
}
