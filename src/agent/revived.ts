// A saved agent back at work: in a world and with an engine, with the settings that were given anew. Fetched where one is loaded.

import { hasFused } from "../engines/wasm/arithmetic.ts";
import { Agent } from "./agent.ts";
import type { AgentState } from "./agent-state.ts";
import { changedOptions } from "./changed-options.ts";
import { withEngine } from "./chosen-engine.ts";
import type { SacLoadOptions } from "./sac-options.ts";
import { workIn } from "./work.ts";
import { guarded, worldOf } from "./world.ts";

/** @throws TemperedError (LOAD_OPTIONS) for a setting that cannot change, and those of `Agent.restore` */
export async function revived(
  state: AgentState,
  { env, engine, threads, arithmetic, ...options }: SacLoadOptions,
): Promise<Agent> {
  const changed = changedOptions(state, options);
  const world = await guarded(await worldOf(env ?? state.env));
  // With what it learned with, where that is there.
  const learnedWith = state.arithmetic === "portable" || hasFused() ? state.arithmetic : undefined;
  const work = () => workIn(world, { ...state.hyperparameters, ...changed });
  return withEngine({ engine, threads, arithmetic: arithmetic ?? learnedWith, work }, (running) =>
    Agent.restore(world, state, { ...changed, ...running }),
  );
}
