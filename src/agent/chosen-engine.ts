// The engine of an agent: one that was handed in, which the agent leaves alone, or one that is chosen for it and goes with it.

import { chooseEngine, type EngineChoice } from "../engines/choose.ts";
import type { Engine } from "../engines/engine.ts";
import type { Work } from "../engines/threads.ts";
import type { Agent } from "./agent.ts";

/** As `SAC.create` takes them; `work` is what the number of threads is chosen for. */
export interface EngineOptions {
  readonly engine: Engine | NonNullable<EngineChoice["engine"]> | undefined;
  readonly threads: EngineChoice["threads"];
  readonly arithmetic: EngineChoice["arithmetic"];
  readonly work: () => Work;
}

/** Makes an agent with the engine given, or with one chosen here that is disposed with the agent. */
export async function withEngine(
  { engine = "auto", threads = "auto", arithmetic = "auto", work }: EngineOptions,
  make: (running: { engine: Engine; ownsEngine: boolean }) => Promise<Agent>,
): Promise<Agent> {
  if (typeof engine === "object") return make({ engine, ownsEngine: false });
  const chosen = await chooseEngine({ engine, threads, arithmetic, work: work() });
  try {
    return await make({ engine: chosen, ownsEngine: true });
  } catch (error) {
    await chosen.dispose();
    throw error;
  }
}
