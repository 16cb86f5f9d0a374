// What a saved agent's manifests may say, as schemas: a file that somebody else has made or damaged is refused by name, before
// anything is built from it.

import { z } from "zod";
import { TemperedError } from "../errors.ts";
import { sacNetworks } from "../sac/networks.ts";
import { temperatureSettings } from "../sac/temperature.ts";
import { type StoredManifest, WEIGHTS_FILE } from "./agent-files.ts";
import type { AgentState } from "./agent-state.ts";
import { checkTensors } from "./learner-state.ts";
import { type Hyperparameters, hyperparameters } from "./options.ts";
import { SNAPSHOT_FORMAT } from "./snapshot.ts";
import { updateSpec } from "./update-spec.ts";

const count = z.int().min(0);
const size = z.int().min(1).max(1_000_000);
const finite = z.number();
/** JSON has no word for −∞, the logarithm of an α fixed at 0; checkpoints have. */
const logarithm = z.union([finite, z.null(), z.literal(-Infinity)]);
/** Sums and observations may be anything, in a checkpoint. */
const any = z.union([finite, z.nan(), z.literal(Infinity), z.literal(-Infinity)]);
const power = finite.min(0).max(1);
const powers = z.strictObject({ beta1: power, beta2: power });
const numbers = z.array(finite);

const schedule = z.strictObject({
  shape: z.enum(["linear", "cosine"]),
  start: finite,
  end: finite,
  steps: finite.positive(),
});
const temperature = z.strictObject({
  alpha: z.union([z.literal("auto"), finite]).optional(),
  targetEntropy: z.union([z.literal("auto"), finite, schedule]).optional(),
  targetEntropyShare: finite.optional(),
  learningRate: finite.optional(),
  initialAlpha: finite.optional(),
  loss: z.enum(["log-alpha", "alpha"]).optional(),
  min: finite.optional(),
  max: finite.optional(),
});
/** A temperature of somebody's own may keep more. */
const temperatureState = z.looseObject({
  logAlpha: logarithm,
  moment1: finite,
  moment2: finite.min(0),
  powers,
});

const statistics = z.strictObject({
  count: finite.positive(),
  mean: numbers,
  variance: z.array(finite.min(0)),
});

const learned = {
  env: z.string(),
  seed: count,
  arithmetic: z.enum(["portable", "fused"]).optional(),
  observationSize: size,
  actionSize: size,
  choices: z.array(size.max(65_536)).max(1000).optional(),
  actionBounds: z.strictObject({ low: numbers, high: numbers }).optional(),
  hyperparameters: z.record(z.string(), z.unknown()).transform((given, context): Hyperparameters => {
    try {
      return hyperparameters(given as Partial<Hyperparameters>);
    } catch (error) {
      context.addIssue({ code: "custom", message: (error as Error).message });
      return z.NEVER;
    }
  }),
  temperature: temperature.optional(),
  steps: count,
  random: z.array(z.strictObject({ seed: count, role: z.string().max(80), position: count })),
  observationStatistics: statistics.optional(),
  rewardStatistics: z.strictObject({ statistics, returns: z.array(any) }).optional(),
};

const manifestSchema = z.strictObject({
  format: z.literal(SNAPSHOT_FORMAT),
  ...learned,
  updates: count,
  temperatureState,
  adamPowers: powers,
  actorAdamPowers: powers.optional(),
  weights: z.string().regex(WEIGHTS_FILE, "expected the name of a file of weights beside it"),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

const checkpointSchema = z.strictObject({
  ...learned,
  learner: z.strictObject({
    updates: count,
    temperature: temperatureState,
    adamPowers: powers,
    actorAdamPowers: powers.optional(),
  }),
  progress: z
    .strictObject({
      pendingUpdates: count,
      reportedAt: count,
      window: z.strictObject({
        episodes: count,
        returns: z.array(any),
        lengths: z.array(any),
        sums: z.record(z.string(), any),
        counts: z.record(z.string(), count),
      }),
    })
    .optional(),
  collector: z
    .strictObject({
      // What stands in it is checked by the environment, which alone knows.
      env: z.record(z.string(), z.unknown()),
      observations: z.array(z.instanceof(Float32Array)).min(1),
      returns: z.array(any),
      lengths: z.array(any),
    })
    .optional(),
});

/** @throws TemperedError (SNAPSHOT) that names the place in the manifest */
export function parsedManifest(manifest: unknown): StoredManifest {
  const parsed = parsedBy(manifestSchema, manifest);
  checkSizes(parsed, parsed.temperatureState);
  return manifest as StoredManifest;
}

/** Of a checkpoint's agent, without tensors and replay buffer. @throws TemperedError (SNAPSHOT) */
export function parsedCheckpoint(state: unknown): Omit<AgentState, "replay"> {
  const parsed = parsedBy(checkpointSchema, state);
  checkSizes(parsed, parsed.learner.temperature);
  const { collector } = parsed;
  if (collector) {
    const { observations, returns, lengths } = collector;
    const fits = returns.length === observations.length && lengths.length === observations.length;
    if (!fits) throw refused("collector", "as many returns and lengths as observations");
    const odd = observations.some((one) => one.length !== parsed.observationSize);
    if (odd) throw refused("collector.observations", `observations of ${parsed.observationSize} numbers`);
  }
  return { ...(state as Omit<AgentState, "replay">), hyperparameters: parsed.hyperparameters };
}

/** That the tensors are those that the state speaks of. @throws TemperedError (SNAPSHOT) */
export function checkState(state: AgentState): void {
  checkTensors(sacNetworks(updateSpec(state.hyperparameters, state)), state.learner.tensors);
}

type Learned = z.output<z.ZodObject<typeof learned>>;

function checkSizes(state: Learned, { logAlpha }: { readonly logAlpha: number | null }): void {
  const {
    observationSize,
    actionSize,
    actionBounds,
    observationStatistics,
    temperature,
    hyperparameters,
    choices,
  } = state;
  if (actionBounds && [actionBounds.low, actionBounds.high].some(({ length }) => length !== actionSize)) {
    throw refused("actionBounds", `bounds of ${actionSize} dimensions`);
  }
  if (hyperparameters.normalizeObservation && !observationStatistics) {
    throw refused("observationStatistics", "statistics, because it normalizes its observations");
  }
  const vectors = observationStatistics ? [observationStatistics.mean, observationStatistics.variance] : [];
  if (vectors.some(({ length }) => length !== observationSize)) {
    throw refused("observationStatistics", `vectors of ${observationSize} numbers`);
  }
  if (choices && choices.length !== actionSize) throw refused("choices", `${actionSize} of them`);
  if (!temperature) return;
  temperatureSettings(temperature as Parameters<typeof temperatureSettings>[0], choices ?? actionSize);
  const isTuned = (temperature.alpha ?? "auto") === "auto";
  if (isTuned && !Number.isFinite(logAlpha)) throw refused("temperatureState", "a finite log α");
}

function parsedBy<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const { data, error } = schema.safeParse(value);
  if (data !== undefined) return data;
  const [issue] = error!.issues;
  throw refused(issue!.path.join("."), issue!.message);
}

function refused(place: string, what: string): TemperedError {
  const at = place === "" ? "" : `${place}: `;
  return new TemperedError("SNAPSHOT", `${at}${what.slice(0, 300)}; the file is damaged, or not ours`);
}
