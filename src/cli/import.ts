// `tempered import`: an agent that another program has trained becomes a run of ours.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import pc from "picocolors";
import { saveAgent } from "../agent/agent-files.node.ts";
import type { AgentState } from "../agent/agent-state.ts";
import { CheckpointStore } from "../agent/checkpoint/store.node.ts";
import type { ReplayState } from "../agent/replay-state.ts";
import { chooseEngine } from "../engines/choose.ts";
import { loadEnv } from "../envs/load-env.node.ts";
import { importStableBaselines3, importStateDict, unzipped } from "../import/index.ts";
import { grouped, short } from "../text/numbers.ts";
import type { RunState } from "../training/prepare.ts";
import { RunDirectory } from "../training/run-directory.ts";
import { versions } from "../training/versions.ts";
import { asInput, BadInput } from "./bad-input.ts";
import { completeConfig } from "./config/config-file.ts";
import type { CliContext } from "./context.ts";

export interface ImportFlags {
  readonly run: string;
  readonly env?: string;
  readonly layers?: string;
}

export default async function importAgent(this: CliContext, flags: ImportFlags, file: string): Promise<void> {
  const state = await asInput(() => stateIn(file, flags));
  const { env, seed, hyperparameters, temperature = {}, steps } = state;
  const { alpha, targetEntropy, learningRate, initialAlpha } = temperature;
  const config = completeConfig(
    {},
    {
      env,
      seed,
      ...hyperparameters,
      hidden: [...hyperparameters.hidden],
      ...(alpha !== undefined && { alpha }),
      ...(typeof targetEntropy === "number" && { targetEntropy }),
      ...(learningRate !== undefined && { alphaLearningRate: learningRate }),
      ...(initialAlpha !== undefined && { initialAlpha }),
    },
  );
  const engine = await chooseEngine();
  await engine.dispose();
  const run = await asInput(() =>
    RunDirectory.create(flags.run, {
      env,
      seed,
      engine: engine.name,
      config: { ...config },
      versions: versions(engine.name),
    }),
  );
  await saveAgent(state, join(flags.run, "agent"));
  // A checkpoint too, so that `resume` goes on from it.
  const { updates } = state.learner;
  await new CheckpointStore(join(flags.run, "checkpoint")).write<RunState>({
    agent: { ...state, replay: emptyReplay(state) },
    run: { positions: run.positions, seconds: 0, updates, evaluated: steps, best: undefined },
  });
  run.close({ outcome: "imported", from: file, steps });
  const { actionSize, observationSize, learner } = state;
  this.process.stdout.write(
    `${pc.bold(flags.run)}: ${observationSize} observations, ${actionSize} action dimensions, layers of ` +
      `${hyperparameters.hidden.join(", ")} units, ${grouped(steps)} steps, α ${short(Math.exp(learner.temperature.logAlpha))}\n` +
      pc.dim(
        `tempered eval ${flags.run} plays it, tempered resume ${flags.run} --steps ${steps + 10_000} learns on\n`,
      ),
  );
}

async function stateIn(file: string, { env, layers }: ImportFlags): Promise<AgentState> {
  const bytes = read(file);
  const isZip = bytes[0] === 0x50 && bytes[1] === 0x4b;
  if (isZip && "policy.pth" in unzipped(bytes)) return importStableBaselines3(bytes, env ?? "unknown");
  if (env === undefined) {
    throw new BadInput("IMPORT", `${file} holds weights alone: name the environment with --env ID`);
  }
  const names = layers?.split(",");
  const world = await loadEnv(env);
  try {
    return await importStateDict(
      bytes,
      world,
      names && { hidden: names.slice(0, -1), head: names.at(-1)!.split("+") },
    );
  } finally {
    await world.close?.();
  }
}

function emptyReplay({ observationSize, actionSize }: AgentState): ReplayState {
  const width = 2 * observationSize + actionSize + 2;
  return { size: 0, added: 0, width, from: 0, rows: new Float32Array(0) };
}

function read(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new BadInput("IMPORT", `Expected a file to import, got: ${(cause as Error).message}`, { cause });
  }
}
