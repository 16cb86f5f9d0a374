// `tempered export`: a trained policy as a file for other programs.

import { writeFileSync } from "node:fs";
import pc from "picocolors";
import { actionScale } from "../agent/action-scale.ts";
import { defaultHyperparameters } from "../agent/hyperparameters.ts";
import { encodeSafetensors } from "../agent/safetensors.ts";
import { updateSpec } from "../agent/update-spec.ts";
import { loadEnv } from "../envs/load-env.node.ts";
import { type Policy, policyModel, policyModule, policyOf, torchTensors } from "../export/index.ts";
import { toOnnx } from "../graph/onnx.ts";
import { sacUpdate } from "../sac/update.ts";
import { grouped } from "../text/numbers.ts";
import { asInput, BadInput } from "./bad-input.ts";
import type { CliContext } from "./context.ts";
import { findAgent } from "./find-agent.ts";

export interface ExportFlags {
  readonly onnx?: string;
  readonly js?: string;
  readonly safetensors?: string;
  readonly trainStep?: string;
  readonly which?: "best" | "last";
  readonly stochastic: boolean;
  readonly env?: string;
}

export default async function exportRun(this: CliContext, flags: ExportFlags, path: string): Promise<void> {
  const { onnx, js, safetensors, trainStep, which, stochastic } = flags;
  if ([onnx, js, safetensors, trainStep].every((file) => file === undefined)) {
    throw new BadInput(
      "EXPORT",
      "Expected a file to write: --onnx FILE, --js FILE, --safetensors FILE or --train-step FILE",
    );
  }
  const { state } = await asInput(() => findAgent(path, which));
  const policy: Policy = await asInput(async () => {
    if (flags.env === undefined) return policyOf(state);
    const env = await loadEnv(flags.env);
    try {
      return policyOf(state, actionScale(env.actionSpace));
    } finally {
      await env.close?.();
    }
  });
  const say = (what: string, file: string, bytes: number) =>
    this.process.stdout.write(
      `${what} of ${policy.env}, step ${grouped(policy.steps)}: ${pc.bold(file)} ${pc.dim(`${grouped(bytes / 1024)} KiB`)}\n`,
    );
  const write = (what: string, file: string | undefined, content: () => string | Uint8Array) => {
    if (file === undefined) return;
    const written = content();
    try {
      writeFileSync(file, written);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw new BadInput("EXPORT", `Expected a file that can be written, got "${file}" (${code})`, {
        cause: error,
      });
    }
    say(what, file, typeof written === "string" ? Buffer.byteLength(written) : written.byteLength);
  };
  write("policy", onnx, () => policyModel(policy, { stochastic }));
  write("policy", js, () => policyModule(policy, { stochastic }));
  write("actor's weights", safetensors, () => encodeSafetensors(torchTensors(policy)));
  write("training step", trainStep, () => {
    return toOnnx(sacUpdate(updateSpec({ ...defaultHyperparameters, ...state.hyperparameters }, state)));
  });
}
