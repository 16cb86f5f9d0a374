// An agent in a few lines, for console.log: where it acts, how far it has come, what it is made of.

import type { TemperatureSettings } from "../sac/temperature.ts";
import { grouped, short } from "../text/numbers.ts";
import type { Hyperparameters } from "./hyperparameters.ts";
import type { Learner } from "./learner.ts";

interface AgentFacts {
  readonly env: { readonly id: string };
  readonly steps: number;
  readonly learner: Learner;
  readonly temperature: TemperatureSettings | undefined;
  readonly hyperparameters: Hyperparameters;
  readonly engine: { readonly name: string; readonly threads: number };
  readonly seed: number;
  readonly choices: readonly number[] | undefined;
  readonly actionSize: number;
}

export function agentText(agent: AgentFacts): string {
  const { env, steps, learner, temperature, hyperparameters, engine, seed, choices, actionSize } = agent;
  const { alpha } = learner.temperature;
  const target = temperature?.targetEntropy;
  const tuning =
    temperature?.alpha === "auto"
      ? `, tuned${typeof target === "number" ? ` to entropy ${short(target)}` : ""}`
      : "";
  const actions = choices
    ? `${choices.join(" × ")} discrete actions`
    : `${actionSize} ${actionSize === 1 ? "action dimension" : "action dimensions"}`;
  const { critics, hidden } = hyperparameters;
  const observations = learner.networks.actor.spec.inputSize;
  return [
    `SAC agent in ${env.id}`,
    `  ${grouped(steps)} steps, ${grouped(learner.updates)} updates, α ${short(alpha)}${tuning}`,
    `  ${observations} observations → ${hidden.join(" × ")} → ${actions}; ${critics} critics`,
    `  engine ${engine.name}, ${engine.threads === 1 ? "1 thread" : `${engine.threads} threads`}; seed ${seed}`,
  ].join("\n");
}
