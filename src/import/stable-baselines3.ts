// A SAC that Stable-Baselines3 has saved: hyperparameters from its JSON, weights, targets, optimisers and log α from its torch
// files. What becomes of it is an agent's state, which acts as theirs did and learns on.

import type { AgentState } from "../agent/agent-state.ts";
import type { Hyperparameters } from "../agent/hyperparameters.ts";
import { namedTensors, storedBlocks } from "../agent/learner-state.ts";
import { hyperparameters } from "../agent/options.ts";
import type { StoredTensor } from "../agent/safetensors.ts";
import { TemperedError } from "../errors.ts";
import type { Activation } from "../sac/activations.ts";
import { initialBetaPowers } from "../sac/adam.ts";
import { sacNetworks } from "../sac/networks.ts";
import type { LayerValues } from "../sac/packing.ts";
import type { TemperatureOptions, TemperatureState } from "../sac/temperature.ts";
import { joined, layerOf, type Tensors } from "./dense-layers.ts";
import { type Adam, adamOf, betaPowersAfter, unflattened, zeros } from "./torch-adam.ts";
import { isTensor, readTorchArchive, type TorchTensor, type TorchValue, unzipped } from "./torch-archive.ts";

/** @throws TemperedError (IMPORT) for a file of another algorithm, or a SAC that works differently; says what */
export function importStableBaselines3(bytes: Uint8Array, env: string): AgentState {
  try {
    return imported(bytes, env);
  } catch (cause) {
    if (cause instanceof TemperedError) throw cause;
    throw refused(`a damaged file (${(cause as Error).message})`, "save the model again");
  }
}

function imported(bytes: Uint8Array, env: string): AgentState {
  const files = unzipped(bytes);
  if (!("data" in files) || !("policy.pth" in files)) {
    throw refused(
      `a zip with ${Object.keys(files).slice(0, 5).join(", ")}`,
      "save the model with model.save(FILE)",
    );
  }
  const data = JSON.parse(new TextDecoder().decode(files.data)) as Record<string, unknown>;
  const policy = tensorsOf(readTorchArchive(files["policy.pth"]!));
  mustBeSac(data, policy);

  const actor = [...layersOf(policy, "actor.latent_pi"), headOf(policy)];
  const critics = [0, 1].map((i) => layersOf(policy, `critic.qf${i}`));
  const targets = [0, 1].map((i) => layersOf(policy, `critic_target.qf${i}`));
  const observationSize = actor[0]!.weight.length / actor[0]!.bias.length;
  const actionSize = actor.at(-1)!.bias.length / 2;
  const hidden = actor.slice(0, -1).map(({ bias }) => bias.length);
  const criticHidden = critics[0]!.slice(0, -1).map(({ bias }) => bias.length);
  if (`${criticHidden}` !== `${hidden}`) {
    throw refused(
      `an actor with layers of ${hidden} and critics with ${criticHidden}`,
      "only equal ones can be imported",
    );
  }

  const optimised = (file: string) => {
    const content = files[file];
    return content === undefined ? undefined : adamOf(readTorchArchive(content));
  };
  const [actorAdam, criticAdam] = [optimised("actor.optimizer.pth"), optimised("critic.optimizer.pth")];
  const networks = sacNetworks({ observationSize, actionSize, hidden });
  const moments = (i: 0 | 1) => {
    const of = (adam: Adam | undefined, like: readonly (readonly LayerValues[])[]) =>
      adam ? unflattened(adam.moments[i], like) : like.map(zeros);
    return [withHead(of(actorAdam, [flatActor(policy)])[0]!), ...of(criticAdam, critics)];
  };
  const all = [[actor, ...critics, ...targets], moments(0), moments(1)];
  const suffixes = ["", ".moment1", ".moment2"];
  const tensors = new Map<string, StoredTensor>();
  for (const stored of storedBlocks(networks)) {
    const kind = suffixes.indexOf(stored.suffix);
    const order = [networks.actor, ...networks.critics, ...networks.targets];
    const layers = all[kind]![order.indexOf(stored.network)]!;
    for (const [name, tensor] of namedTensors(stored, stored.network.pack(layers))) tensors.set(name, tensor);
  }

  const number = (name: string, otherwise: number) =>
    typeof data[name] === "number" ? data[name] : otherwise;
  const temperature = temperatureOf(data, files, actionSize);
  return {
    env,
    seed: number("seed", 0),
    observationSize,
    actionSize,
    actionBounds: boundsOf(data.action_space, actionSize),
    hyperparameters: hyperparameters({
      ...settingsOf(data),
      hidden,
      activation: activationOf(data),
    }),
    temperature: temperature.options,
    steps: number("num_timesteps", 0),
    learner: {
      updates: number("_n_updates", 0),
      temperature: temperature.state,
      betaPowers: betaPowersAfter(actorAdam?.steps ?? 0),
      tensors,
    },
    random: [],
  };
}

function settingsOf(data: Record<string, unknown>): Partial<Hyperparameters> {
  const names = {
    learning_rate: "learningRate",
    buffer_size: "bufferSize",
    learning_starts: "learningStarts",
    batch_size: "batchSize",
    tau: "tau",
    gamma: "gamma",
    gradient_steps: "gradientSteps",
  } as const;
  return Object.fromEntries(
    Object.entries(names).flatMap(([theirs, ours]) =>
      typeof data[theirs] === "number" ? [[ours, data[theirs]]] : [],
    ),
  );
}

function mustBeSac(data: Record<string, unknown>, policy: Tensors): void {
  const kind = String((data.policy_class as { __module__?: string } | undefined)?.__module__ ?? "");
  if (!kind.includes(".sac.") || !policy.has("actor.mu.weight")) {
    throw refused(`a model of ${kind || "an unknown kind"}`, "only SAC with MlpPolicy can be imported");
  }
  if (data.use_sde === true)
    throw refused("a SAC with state-dependent exploration (use_sde)", "only use_sde=False can be imported");
}

/** torch's classes by the end of their names; its GELU is not the one by tanh. */
const ACTIVATIONS: readonly (readonly [RegExp, Activation])[] = [
  [/\bReLU\b/, "relu"],
  [/\bTanh\b/, "tanh"],
  [/\bELU\b/, "elu"],
  [/\bSiLU\b/, "silu"],
];

function activationOf(data: Record<string, unknown>): Activation {
  const given = (data.policy_kwargs as { activation_fn?: unknown } | undefined)?.activation_fn;
  if (given === undefined || given === null) return "relu";
  const text = JSON.stringify(given);
  const known = ACTIVATIONS.find(([name]) => name.test(text));
  if (known) return known[1];
  throw refused(`a network with ${text.slice(0, 80)}`, "only ReLU, Tanh, ELU and SiLU can be imported");
}

/** Linear layers under `prefix.0`, `prefix.2`, … */
function layersOf(tensors: Tensors, prefix: string): LayerValues[] {
  const layers: LayerValues[] = [];
  for (let i = 0; tensors.has(`${prefix}.${i}.weight`); i += 2)
    layers.push(layerOf(tensors, `${prefix}.${i}`));
  if (layers.length === 0)
    throw refused(`a model without ${prefix}`, "only SAC with MlpPolicy can be imported");
  return layers;
}

/** μ and log σ are two layers there and one here. */
function headOf(tensors: Tensors): LayerValues {
  return joined([layerOf(tensors, "actor.mu"), layerOf(tensors, "actor.log_std")]);
}

/** The actor's layers as Stable-Baselines3's optimiser counts them: μ and log σ apart. */
function flatActor(tensors: Tensors): LayerValues[] {
  return [
    ...layersOf(tensors, "actor.latent_pi"),
    layerOf(tensors, "actor.mu"),
    layerOf(tensors, "actor.log_std"),
  ];
}

function withHead(layers: readonly LayerValues[]): LayerValues[] {
  return [...layers.slice(0, -2), joined(layers.slice(-2))];
}

function temperatureOf(
  data: Record<string, unknown>,
  files: Record<string, Uint8Array>,
  actionSize: number,
): { options: TemperatureOptions; state: TemperatureState } {
  const variables = files["pytorch_variables.pth"];
  const tensors = variables ? tensorsOf(readTorchArchive(variables)) : new Map<string, TorchTensor>();
  const logAlpha = tensors.get("log_ent_coef")?.values[0];
  if (logAlpha === undefined) {
    const alpha = tensors.get("ent_coef_tensor")?.values[0] ?? Number(data.ent_coef);
    if (!Number.isFinite(alpha))
      throw refused(`ent_coef ${JSON.stringify(data.ent_coef)}`, "save the model again");
    return {
      options: { alpha },
      state: { logAlpha: 0, moment1: 0, moment2: 0, betaPowers: initialBetaPowers },
    };
  }
  const file = files["ent_coef_optimizer.pth"];
  const adam = file ? adamOf(readTorchArchive(file)) : undefined;
  const targetEntropy = typeof data.target_entropy === "number" ? data.target_entropy : -actionSize;
  return {
    options: {
      alpha: "auto",
      targetEntropy,
      ...(typeof data.learning_rate === "number" && { learningRate: data.learning_rate }),
      initialAlpha: Number(/^auto_(.+)$/.exec(String(data.ent_coef))?.[1] ?? 1),
    },
    state: {
      logAlpha,
      moment1: adam?.moments[0][0]?.[0] ?? 0,
      moment2: adam?.moments[1][0]?.[0] ?? 0,
      betaPowers: betaPowersAfter(adam?.steps ?? 0),
    },
  };
}

/** The bounds that the file tells as text, such as "[-2.]"; undefined where they are cut short there. */
function boundsOf(space: unknown, size: number): AgentState["actionBounds"] {
  const { low, high } = (space ?? {}) as { low?: unknown; high?: unknown };
  const numbers = (text: unknown) =>
    typeof text === "string"
      ? text
          .replaceAll(/[[\],]/g, " ")
          .trim()
          .split(/\s+/)
          .map(Number)
      : [];
  const bounds = { low: numbers(low), high: numbers(high) };
  const whole = [bounds.low, bounds.high].every(
    (values) => values.length === size && values.every(Number.isFinite),
  );
  return whole ? bounds : undefined;
}

function tensorsOf(saved: TorchValue): Tensors {
  if (!(saved instanceof Map))
    throw refused("a file without a dictionary of tensors", "save the state_dict()");
  return new Map(
    [...saved].flatMap(([name, value]) => (isTensor(value) ? [[String(name), value] as const] : [])),
  );
}

function refused(got: string, remedy: string): TemperedError {
  return new TemperedError("IMPORT", `Expected a SAC saved by Stable-Baselines3, got ${got}; ${remedy}`);
}
