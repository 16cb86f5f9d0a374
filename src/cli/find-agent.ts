// Where the agent is that somebody means: a run has a last and perhaps a best one, and a path may be an agent's itself.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readAgentManifest } from "../agent/agent-files.node.ts";
import { isRunManifest } from "../runs/run-manifest.ts";
import { BadInput } from "./bad-input.ts";

export interface FoundAgent {
  readonly directory: string;
  /** As `tempered train` got it. */
  readonly envName: string;
  /** Environment steps that the agent learned for. */
  readonly steps: number;
}

/** @param path of a run, or of an agent itself */
export function findAgent(path: string, which: "best" | "last" | undefined): FoundAgent {
  if (existsSync(join(path, "agent.json"))) {
    const { env, steps } = readAgentManifest(path);
    return { directory: path, envName: env, steps };
  }
  if (!existsSync(join(path, "run.json"))) {
    throw new BadInput(
      "not-a-run",
      `Expected a run's directory (with run.json), got ${path}; \`tempered train\` makes one`,
    );
  }
  const run: unknown = JSON.parse(readFileSync(join(path, "run.json"), "utf8"));
  if (!isRunManifest(run))
    throw new BadInput("not-a-run", `Expected a run of tempered in ${path}, got another run.json`);
  const hasBest = existsSync(join(path, "best", "agent.json"));
  const directory = join(path, (which ?? (hasBest ? "best" : "last")) === "best" ? "best" : "agent");
  if (which === "best" && !hasBest) {
    throw new BadInput(
      "NO_AGENT",
      `${path} has no best agent: it was trained without --eval-every; leave --which out for the last one`,
    );
  }
  return { directory, envName: run.env, steps: readAgentManifest(directory).steps };
}
