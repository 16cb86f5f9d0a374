// A policy whose weights are in a torch state_dict or a safetensors file, under the names of CleanRL, of a plain
// torch.nn.Sequential, or of ours. Such a file knows weights alone: sizes follow from them, everything else is fresh.

import { Agent } from "../agent/agent.ts";
import type { AgentState } from "../agent/agent-state.ts";
import { decodeSafetensors } from "../agent/safetensors.ts";
import { wasmEngine } from "../engines/wasm/index.ts";
import { box, type Env, noInfo } from "../envs/index.ts";
import { TemperedError } from "../errors.ts";
import { joined, layerOf, type Tensors } from "./dense-layers.ts";
import { isTensor, readTorchArchive, type TorchTensor, type TorchValue } from "./torch-archive.ts";

/** Layers of the actor by the names of their tensors; the head is one layer or two, μ and log σ. */
interface Naming {
  readonly hidden: readonly string[];
  readonly head: readonly string[];
}

/**
 * @param names layers of the actor in order, the last one or two the head; default: found by the names that are there
 * @throws TemperedError (IMPORT, SAFETENSORS, TORCH_ARCHIVE, PICKLE)
 */
export async function importStateDict(
  bytes: Uint8Array,
  env: Env,
  names?: { readonly hidden: readonly string[]; readonly head: readonly string[] },
): Promise<AgentState> {
  const tensors = tensorsIn(bytes);
  const { hidden, head } = names ?? namingOf(tensors);
  const layers = [
    ...hidden.map((name) => layerOf(tensors, name)),
    joined(head.map((name) => layerOf(tensors, name))),
  ];
  const observationSize = layers[0]!.weight.length / layers[0]!.bias.length;
  const actionSize = layers.at(-1)!.bias.length / 2;
  const world = likeEnv(env, observationSize, actionSize);
  await using fresh = await Agent.create(world, {
    engine: await wasmEngine(),
    ownsEngine: true,
    hidden: layers.slice(0, -1).map(({ bias }) => bias.length),
  });
  const state = await fresh.state({ replay: false });
  const all = new Map(state.learner.tensors);
  layers.forEach(({ weight, bias }, i) => {
    all.set(`actor.${i}.weight`, { shape: [bias.length, weight.length / bias.length], values: weight });
    all.set(`actor.${i}.bias`, { shape: [bias.length], values: bias });
  });
  return { ...state, env: env.id, learner: { ...state.learner, tensors: all } };
}

function tensorsIn(bytes: Uint8Array): Tensors {
  if (bytes[0] !== 0x50 || bytes[1] !== 0x4b) return decodeSafetensors(bytes);
  const saved = readTorchArchive(bytes);
  const found = new Map<string, TorchTensor>();
  const collect = (value: TorchValue, prefix: string) => {
    if (isTensor(value)) found.set(prefix, value);
    else if (value instanceof Map) {
      for (const [name, part] of value) collect(part, prefix === "" ? String(name) : `${prefix}.${name}`);
    }
  };
  collect(saved, "");
  return found;
}

function namingOf(tensors: Tensors): Naming {
  const numbered = (prefix: string, step: number) => {
    const names: string[] = [];
    for (let i = 0; tensors.has(`${prefix}${i}.weight`); i += step) names.push(`${prefix}${i}`);
    return names;
  };
  const anywhere = [...tensors.keys()].find((name) => name.endsWith("fc_mean.weight"));
  if (anywhere !== undefined) {
    const prefix = anywhere.slice(0, -"fc_mean.weight".length);
    const hidden: string[] = [];
    for (let i = 1; tensors.has(`${prefix}fc${i}.weight`); i++) hidden.push(`${prefix}fc${i}`);
    return { hidden, head: [`${prefix}fc_mean`, `${prefix}fc_logstd`] };
  }
  for (const [prefix, step] of [
    ["actor.", 1],
    ["", 2],
  ] as const) {
    const names = numbered(prefix, step);
    if (names.length > 1) return { hidden: names.slice(0, -1), head: names.slice(-1) };
  }
  const some = [...tensors.keys()].slice(0, 6).join(", ");
  throw new TemperedError(
    "IMPORT",
    `Expected an actor's layers under names of CleanRL (fc1, fc2, fc_mean, fc_logstd), of a torch.nn.Sequential (0.weight, …) ` +
      `or of tempered (actor.0.weight, …), got ${some || "no tensors"}; say which they are with --layers fc1,fc2,mean+logstd`,
  );
}

/** An env of these sizes; `env` itself must have them. */
function likeEnv(env: Env, observationSize: number, actionSize: number): Env {
  const { observationSpace, actionSpace } = env;
  if (actionSpace.kind !== "box") {
    throw new TemperedError(
      "IMPORT",
      `Expected an environment with continuous actions, got ${env.id}: discrete policies of other programs cannot be ` +
        "imported; train one here, or begin with a run of ours by --init-from",
    );
  }
  if (observationSpace.low.length !== observationSize || actionSpace.low.length !== actionSize) {
    throw new TemperedError(
      "IMPORT",
      `Expected an environment with ${observationSize} observations and ${actionSize} action dimensions, as the file's actor, got ${env.id}`,
    );
  }
  const answer = { observation: new Float32Array(observationSize), info: noInfo };
  return {
    id: env.id,
    observationSpace: box(-Infinity, Infinity, [observationSize]),
    actionSpace,
    reset: () => answer,
    step: () => ({ ...answer, reward: 0, terminated: false, truncated: false }),
  };
}
