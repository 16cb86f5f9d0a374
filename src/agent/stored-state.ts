// What a saved agent's manifests may say: a file that somebody else has made or damaged is refused by name, before anything is
// built from it.

import { TemperedError } from "../errors.ts";
import { sacNetworks } from "../sac/networks.ts";
import { temperatureSettings } from "../sac/temperature.ts";
import { type StoredManifest, WEIGHTS_FILE } from "./agent-files.ts";
import type { AgentState } from "./agent-state.ts";
import { either, expecting, type Form, FormError, listOf, object, optional, ruled, tableOf } from "./form.ts";
import { withCurrentNames } from "./former-names.ts";
import type { Hyperparameters } from "./hyperparameters.ts";
import { checkTensors } from "./learner-state.ts";
import { hyperparameters } from "./options.ts";
import { SNAPSHOT_FORMAT } from "./snapshot.ts";
import { updateSpec } from "./update-spec.ts";

const count = ruled({ kind: "integer", min: 0, max: Number.MAX_SAFE_INTEGER });
const size = ruled({ kind: "integer", min: 1, max: 1_000_000 });
const finite = ruled({ kind: "number" });
const positive = ruled({ kind: "number", above: 0 });
const notNegative = ruled({ kind: "number", min: 0 });
const power = ruled({ kind: "number", min: 0, max: 1 });
/** JSON has no word for −∞, the logarithm of an α fixed at 0; checkpoints have. */
const logarithm = expecting(
  "a logarithm",
  (value) => Number.isFinite(value) || value === null || value === -Infinity,
);
/** Sums and observations may be anything, in a checkpoint. */
const any = expecting("a number", (value) => typeof value === "number");
const anything: Form = () => {};
const betaPowers = object({ beta1: power, beta2: power });
const numbers = listOf(finite);
const text = (most = Infinity) =>
  expecting("a text", (value) => typeof value === "string" && value.length <= most);
const matching = (words: string, pattern: RegExp) =>
  expecting(words, (value) => typeof value === "string" && pattern.test(value));
const oneOf = (...of: readonly string[]) => ruled({ kind: "choice", of });

const schedule = object({
  shape: oneOf("linear", "cosine"),
  start: finite,
  end: finite,
  steps: positive,
});
const temperature = object({
  alpha: optional(either('a number or "auto"', oneOf("auto"), finite)),
  targetEntropy: optional(either('a number, "auto" or a schedule', oneOf("auto"), finite, schedule)),
  targetEntropyShare: optional(finite),
  targetEntropyPerDimension: optional(finite),
  learningRate: optional(either("a number or a schedule", finite, schedule)),
  initialAlpha: optional(finite),
  loss: optional(oneOf("log-alpha", "alpha")),
  min: optional(finite),
  max: optional(finite),
});
/** A temperature of somebody's own may keep more. */
const temperatureState = object(
  { logAlpha: logarithm, moment1: finite, moment2: notNegative, betaPowers },
  { open: true },
);

const statistics = object({ count: positive, mean: numbers, variance: listOf(notNegative) });

const learned = {
  env: text(),
  seed: count,
  arithmetic: optional(oneOf("portable", "fused")),
  observationSize: size,
  actionSize: size,
  choices: optional(listOf(ruled({ kind: "integer", min: 1, max: 65_536 }), { max: 1000 })),
  actionBounds: optional(object({ low: numbers, high: numbers })),
  /** `hyperparametersOf` looks into them. */
  hyperparameters: tableOf(anything),
  temperature: optional(temperature),
  steps: count,
  random: listOf(object({ seed: count, role: text(80), position: count })),
  observationStatistics: optional(statistics),
  rewardStatistics: optional(object({ statistics, returns: listOf(any) })),
};

const manifestForm = object({
  format: oneOf(SNAPSHOT_FORMAT),
  ...learned,
  updates: count,
  temperatureState,
  betaPowers,
  actorBetaPowers: optional(betaPowers),
  weights: matching("the name of a file of weights beside it", WEIGHTS_FILE),
  sha256: matching("a SHA-256 in hexadecimal", /^[0-9a-f]{64}$/),
});

const checkpointForm = object({
  ...learned,
  learner: object({
    updates: count,
    temperature: temperatureState,
    betaPowers,
    actorBetaPowers: optional(betaPowers),
  }),
  progress: optional(
    object({
      pendingUpdates: count,
      reportedAt: count,
      window: object({
        episodes: count,
        returns: listOf(any),
        lengths: listOf(any),
        sums: tableOf(any),
        counts: tableOf(count),
      }),
    }),
  ),
  collector: optional(
    object({
      // What stands in it is checked by the environment, which alone knows.
      env: tableOf(anything),
      observations: listOf(
        expecting("an array of float32", (value) => value instanceof Float32Array),
        { min: 1 },
      ),
      returns: listOf(any),
      lengths: listOf(any),
    }),
  ),
});

/** @throws TemperedError (SNAPSHOT) that names the place in the manifest */
export function parsedManifest(given: unknown): StoredManifest {
  const manifest = withCurrentNames(given);
  mustHave(manifestForm, manifest);
  const stored = manifest as StoredManifest;
  checkSizes(stored, stored.temperatureState, hyperparametersOf(stored));
  return stored;
}

/** Of a checkpoint's agent, without tensors and replay buffer. @throws TemperedError (SNAPSHOT) */
export function parsedCheckpoint(given: unknown): Omit<AgentState, "replay"> {
  const state = withCurrentNames(given);
  mustHave(checkpointForm, state);
  const stored = state as Omit<AgentState, "replay">;
  const hyperparameters = hyperparametersOf(stored);
  checkSizes(stored, stored.learner.temperature, hyperparameters);
  const { collector } = stored;
  if (collector) {
    const { observations, returns, lengths } = collector;
    const fits = returns.length === observations.length && lengths.length === observations.length;
    if (!fits) throw refused("collector", "as many returns and lengths as observations");
    const odd = observations.some((one) => one.length !== stored.observationSize);
    if (odd) throw refused("collector.observations", `observations of ${stored.observationSize} numbers`);
  }
  return { ...stored, hyperparameters };
}

/** That the tensors are those that the state speaks of. @throws TemperedError (SNAPSHOT) */
export function checkState(state: AgentState): void {
  checkTensors(sacNetworks(updateSpec(state.hyperparameters, state)), state.learner.tensors);
}

type Learned = Pick<AgentState, keyof typeof learned>;

function hyperparametersOf(state: Learned): Hyperparameters {
  try {
    return hyperparameters(state.hyperparameters);
  } catch (error) {
    throw refused("hyperparameters", (error as Error).message);
  }
}

function checkSizes(
  state: Learned,
  { logAlpha }: { readonly logAlpha: number | null },
  { normalizeObservation }: Hyperparameters,
): void {
  const { observationSize, actionSize, actionBounds, observationStatistics, temperature, choices } = state;
  if (actionBounds && [actionBounds.low, actionBounds.high].some(({ length }) => length !== actionSize)) {
    throw refused("actionBounds", `bounds of ${actionSize} dimensions`);
  }
  if (normalizeObservation && !observationStatistics) {
    throw refused("observationStatistics", "statistics, because it normalizes its observations");
  }
  const vectors = observationStatistics ? [observationStatistics.mean, observationStatistics.variance] : [];
  if (vectors.some(({ length }) => length !== observationSize)) {
    throw refused("observationStatistics", `vectors of ${observationSize} numbers`);
  }
  if (choices && choices.length !== actionSize) throw refused("choices", `${actionSize} of them`);
  if (!temperature) return;
  temperatureSettings(temperature, choices ?? actionSize);
  const isTuned = (temperature.alpha ?? "auto") === "auto";
  if (isTuned && !Number.isFinite(logAlpha)) throw refused("temperatureState", "a finite log α");
}

function mustHave(form: Form, value: unknown): void {
  try {
    form(value, "");
  } catch (error) {
    if (error instanceof FormError) throw refused(error.place, error.message);
    throw error;
  }
}

function refused(place: string, what: string): TemperedError {
  const at = place === "" ? "" : `${place}: `;
  return new TemperedError("SNAPSHOT", `${at}${what.slice(0, 300)}; the file is damaged, or not ours`);
}
