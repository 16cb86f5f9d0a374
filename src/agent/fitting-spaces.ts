// Whether a saved agent's observations and actions are those of the environment that it is loaded into.

import { TemperedError } from "../errors.ts";
import type { AgentState } from "./agent-state.ts";

type Spaces = Pick<AgentState, "env" | "observationSize" | "actionSize" | "choices">;

/** @throws TemperedError (SNAPSHOT) where a state is of an environment with other observations or actions than `here` */
export function mustFit(state: Spaces, here: Spaces): void {
  const words = ({ observationSize, actionSize, choices }: Spaces) => {
    const actions = choices ? `${choices.join(" × ")} discrete actions` : `${actionSize} action dimensions`;
    return [`${observationSize} observations and ${actions}`, `${observationSize} and ${actions}`] as const;
  };
  const [learned] = words(state);
  const [own, short] = words(here);
  if (learned === own) return;
  throw new TemperedError(
    "SNAPSHOT",
    `Expected an environment with ${learned}, as ${state.env} that the agent learned in, got ${short} in ${here.env}`,
  );
}
