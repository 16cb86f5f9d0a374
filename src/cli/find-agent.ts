// Where the agent is that somebody means: a run has a last and perhaps a best one, and a path may be an agent's itself.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { readAgentState } from "../agent/agent-files.node.ts";
import type { AgentState } from "../agent/agent-state.ts";
import { listEnvs } from "../envs/index.ts";
import type { RunManifest } from "../runs/run-manifest.ts";
import { readRunManifest } from "../training/run-file.ts";
import { BadInput } from "./bad-input.ts";

export interface FoundAgent {
  readonly directory: string;
  readonly state: AgentState;
  /** The run that it is of, and its environment as `tempered train` got it; none for an agent by itself. */
  readonly run?: RunManifest;
}

/** @param path of a run, or of an agent itself */
export function findAgent(path: string, which: "best" | "last" | undefined): FoundAgent {
  if (existsSync(join(path, "agent.json"))) return { directory: path, state: readAgentState(path) };
  if (!existsSync(join(path, "run.json"))) {
    throw new BadInput(
      "not-a-run",
      `Expected a run's directory (with run.json), got ${path}; \`tempered train\` makes one`,
    );
  }
  const run = readRunManifest(path);
  const hasBest = existsSync(join(path, "best", "agent.json"));
  // A run that says that it has a best agent must not be taken for one of which the last is all there is.
  const means = which ?? (hasBest || run.result?.best !== undefined ? "best" : "last");
  if (means === "best" && !hasBest) throw new BadInput("NO_AGENT", noBest(path, run));
  const directory = join(path, means === "best" ? "best" : "agent");
  const state = readAgentState(directory);
  mustBeOfRun(directory, state, run);
  return { directory, state, run };
}

function noBest(path: string, { config, result }: RunManifest): string {
  const why =
    result?.best !== undefined
      ? "it had one, which is gone"
      : Number(config.evalEvery) > 0
        ? "it ended before its first evaluation was over"
        : "it was trained without --eval-every";
  return `${path} has no best agent: ${why}; --which last means the last one`;
}

/** An environment that comes along has one name, in the run as in its agent. @throws BadInput (NO_AGENT) */
function mustBeOfRun(directory: string, { env }: AgentState, run: RunManifest): void {
  const isKnown = (id: string) => listEnvs().some((known) => known.id === id);
  if (run.env === env || !(isKnown(run.env) || isKnown(env))) return;
  // A module may well be named as what it is a copy of.
  if (!isKnown(run.env) && /[/\\:.]/.test(run.env)) return;
  throw new BadInput(
    "NO_AGENT",
    `Expected the agent in ${directory} to have learned in ${JSON.stringify(run.env)}, which run.json names, got one of ` +
      `${JSON.stringify(env)}; one of the two files is damaged or of another run`,
  );
}
