// What a saved agent is given anew when it is loaded: applied to what it learns from now on, or refused where what it has
// learned depends on it.

import { TemperedError } from "../errors.ts";
import type { Temperature, TemperatureOptions } from "../sac/temperature.ts";
import type { AgentState } from "./agent-state.ts";
import type { HyperparameterName, Hyperparameters } from "./hyperparameters.ts";

/** Weights, statistics and moments are of these. */
const FIXED: readonly HyperparameterName[] = [
  "hidden",
  "criticHidden",
  "critics",
  "quantiles",
  "batchRenorm",
  "residual",
  "activation",
  "layerNorm",
  "normalizeObservation",
  "normalizeReward",
  "policyDelay",
];

export interface ChangedOptions extends Partial<Hyperparameters> {
  readonly temperature?: TemperatureOptions | Temperature;
}

/**
 * What of `options` was given, for `Agent.restore`.
 * @throws TemperedError (LOAD_OPTIONS) for one that cannot change
 */
export function changedOptions(state: AgentState, options: ChangedOptions): ChangedOptions {
  const given: ChangedOptions = Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  );
  const refuse = (name: string, saved: unknown, got: unknown, why: string): never => {
    throw new TemperedError(
      "LOAD_OPTIONS",
      `Expected ${name} as the agent was saved with (${JSON.stringify(saved)}), got ${JSON.stringify(got)}; ${why}`,
    );
  };
  for (const name of FIXED) {
    const [saved, got] = [state.hyperparameters[name], given[name]];
    if (got !== undefined && JSON.stringify(got) !== JSON.stringify(saved))
      refuse(name, saved, got, "what it has learned is made for it, so make a new agent with SAC.create");
  }
  const { seed, check } = given as { readonly seed?: unknown; readonly check?: unknown };
  if (seed !== undefined && seed !== state.seed)
    refuse("seed", state.seed, seed, "its random streams go on from where they were saved; leave it out");
  if (check !== undefined)
    throw new TemperedError("LOAD_OPTIONS", "Expected no `check` where an agent is loaded; leave it out");
  const { temperature, ...rest } = given;
  if (temperature === undefined || "update" in temperature) return given;
  const saved = state.temperature ?? {};
  const { initialAlpha, alpha } = temperature;
  if (initialAlpha !== undefined && initialAlpha !== saved.initialAlpha)
    refuse(
      "temperature.initialAlpha",
      saved.initialAlpha,
      initialAlpha,
      "α goes on from where it was saved; keep it fixed with temperature: { alpha: X }, or leave it out",
    );
  const { logAlpha } = state.learner.temperature;
  if (alpha === "auto" && !Number.isFinite(logAlpha))
    refuse("temperature.alpha", saved.alpha, alpha, "an α of 0 has no logarithm to tune from");
  return { ...rest, temperature: { ...saved, ...temperature } };
}
