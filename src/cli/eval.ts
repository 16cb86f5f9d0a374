// `tempered eval`: how good a saved agent is.

import { closeSync, openSync, writeFileSync } from "node:fs";
import pc from "picocolors";
import { Agent } from "../agent/agent.ts";
import { cutNote, evaluate } from "../agent/evaluate.ts";
import { chooseEngine } from "../engines/choose.ts";
import type { Env } from "../envs/env.ts";
import { loadEnv } from "../envs/load-env.node.ts";
import { animatedSvg } from "../envs/render/index.ts";
import { guard } from "../envs/wrappers/guard.ts";
import { finite } from "../text/finite.ts";
import { grouped, short } from "../text/numbers.ts";
import { environmentOf } from "../training/env-place.ts";
import { EVALUATION_SEED } from "../training/evaluation-seed.ts";
import { asInput, BadInput } from "./bad-input.ts";
import type { CliContext } from "./context.ts";
import { findAgent } from "./find-agent.ts";
import { Recorder } from "./recorder.ts";
import { mustBeTrusted } from "./trust.ts";

export interface EvalFlags {
  readonly episodes?: number;
  readonly seed?: number;
  readonly which?: "best" | "last";
  readonly env?: string;
  readonly engine?: "auto" | "onnxruntime" | "wasm";
  readonly stochastic: boolean;
  readonly render?: string;
  readonly json: boolean;
}

export default async function evalRun(this: CliContext, flags: EvalFlags, path: string): Promise<void> {
  const { episodes = 10, seed = EVALUATION_SEED, stochastic, render, json } = flags;
  const { directory, state, run } = await asInput(() => findAgent(path, flags.which));
  const { steps } = state;
  const own = run ? environmentOf(path, run) : state.env;
  const envName = flags.env ?? own;
  const { stderr } = this.process;
  const asking = { input: process.stdin, output: stderr };
  await asInput(() => mustBeTrusted(path, { ...(run ?? state), env: own }, flags.env, asking));
  const env = await asInput(() => loadEnv(envName));
  try {
    if (render !== undefined) mustBeWritable(render);
    const recorder = render === undefined ? undefined : await asInput(() => new Recorder(env, envName));
    const played: Env = guard(recorder ?? env);
    const engine = await asInput(() => chooseEngine({ engine: flags.engine ?? "auto" }));
    try {
      // Nothing is learned: an update of one transition takes the least memory.
      await using agent = await asInput(() => Agent.restore(played, state, { engine, batchSize: 1 }));
      const result = await evaluate(agent, played, { episodes, seed, deterministic: !stochastic });
      if (recorder && render !== undefined) writeFileSync(render, animatedSvg(recorder.recording));

      const { stdout } = this.process;
      const note = cutNote(result);
      if (note) stderr.write(`note: ${note}\n`);
      if (json) {
        stdout.write(
          `${JSON.stringify({ env: envName, agent: directory, seed, steps, ...result }, finite)}\n`,
        );
        return;
      }
      const { meanReturn, stdReturn } = result;
      const how = stochastic ? "" : " deterministic";
      const [lowest, highest] = [Math.min(...result.returns), Math.max(...result.returns)];
      stdout.write(
        `${envName}: return ${pc.bold(`${short(meanReturn)} ± ${short(stdReturn)}`)} over ${result.episodes}${how} episodes, ` +
          `${short(lowest)} to ${short(highest)}\n` +
          pc.dim(`agent of step ${grouped(steps)} in ${directory}\n`) +
          (render === undefined ? "" : pc.dim(`first episode drawn in ${render}\n`)),
      );
    } finally {
      await engine.dispose();
    }
  } finally {
    await env.close?.();
  }
}

/** Before anything is played for it. @throws BadInput (RENDER_FILE) */
function mustBeWritable(file: string): void {
  try {
    closeSync(openSync(file, "a"));
  } catch (error) {
    throw new BadInput(
      "RENDER_FILE",
      `Expected --render as a file that can be written, got "${file}" (${(error as NodeJS.ErrnoException).code})`,
    );
  }
}
