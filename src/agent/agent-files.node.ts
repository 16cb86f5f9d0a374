// A saved agent on disk. The manifest is replaced by a rename after the weights are whole, so that a crash at any moment leaves
// the previous agent or the new one, never a mix; and so that others may load, or save, in the same moment.

import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { TemperedError } from "../errors.ts";
import { writeFileAtomically } from "../files/atomic-file.node.ts";
import { readJsonFile, readPlainFile } from "../files/plain-file.node.ts";
import { sha256 } from "../files/sha256.node.ts";
import { sacNetworks } from "../sac/networks.ts";
import { AGENT_FILE, agentFiles, hashedText, type StoredManifest, WEIGHTS_FILE } from "./agent-files.ts";
import type { AgentState } from "./agent-state.ts";
import { CheckpointStore } from "./checkpoint/store.node.ts";
import { checkTensors, storedSize } from "./learner-state.ts";
import { hyperparameters } from "./options.ts";
import { decodeSafetensors } from "./safetensors.ts";
import { fromSnapshot, SNAPSHOT_FORMAT, toSnapshot } from "./snapshot.ts";
import { checkState, parsedManifest } from "./stored-state.ts";
import { updateSpec } from "./update-spec.ts";

const CHECKPOINT = "checkpoint";
/** Savers in other processes replace what is being read; each of them leaves an agent that is whole. */
const READS = 100;
/** A safetensors header: room for its metadata, and for each tensor's name, shape and place. */
const HEADER_BYTES = { all: 1024 * 1024, tensor: 512 };

/**
 * Saves the agent of that state into `directory`, which is made where it is missing; an agent saved there before is
 * replaced. A state with its replay buffer is kept whole, as a checkpoint beside the agent.
 * @throws TemperedError (SNAPSHOT) for weights that are not finite: what was saved before stays
 */
export async function saveAgent(state: AgentState, directory: string): Promise<void> {
  checkState(state);
  const { weights, manifest } = await agentFiles(toSnapshot(state), sha256, randomBytes(4).toString("hex"));
  mkdirSync(directory, { recursive: true });
  writeFileAtomically(join(directory, weights.name), weights.bytes);
  // Read at the last moment: it is what this manifest takes the place of.
  const previous = previousWeights(directory);
  writeFileAtomically(join(directory, AGENT_FILE), manifest);
  if (previous !== undefined) rmSync(join(directory, previous), { force: true });
  if (state.replay) await new CheckpointStore(join(directory, CHECKPOINT)).write({ agent: state, run: {} });
}

/** The weights' file that the manifest in `directory` names, where there is one. Nobody else's files are touched. */
function previousWeights(directory: string): string | undefined {
  try {
    const { weights } = readJsonFile(join(directory, AGENT_FILE)) as StoredManifest;
    return typeof weights === "string" && WEIGHTS_FILE.test(weights) ? weights : undefined;
  } catch {
    return undefined;
  }
}

/** What `agent.json` in `directory` says. @throws TemperedError (NO_AGENT, SNAPSHOT) */
function readManifest(directory: string): StoredManifest {
  const path = join(directory, AGENT_FILE);
  let manifest: unknown;
  try {
    manifest = readJsonFile(path);
  } catch (cause) {
    const { message } = cause as Error;
    throw new TemperedError(
      "NO_AGENT",
      `Expected a saved agent (${AGENT_FILE}) in ${directory}, got: ${message}`,
      {
        cause,
      },
    );
  }
  const { format } = (manifest ?? {}) as { readonly format?: unknown };
  if (format !== SNAPSHOT_FORMAT) {
    const got = typeof format === "string" ? `"${format.slice(0, 80)}"` : typeof format;
    throw new TemperedError("NO_AGENT", `Expected format "${SNAPSHOT_FORMAT}" in ${path}, got ${got}`);
  }
  const parsed = inFile(path, () => parsedManifest(manifest));
  if (sha256(hashedText(manifest as StoredManifest)) === parsed.sha256) {
    return { ...parsed, hyperparameters: hyperparameters(parsed.hyperparameters) };
  }
  throw new TemperedError(
    "SNAPSHOT",
    `Expected ${path} as \`agent.save\` writes it, got one with another hash than it names: it is damaged or was ` +
      "changed by hand; take a copy of it, or another agent",
  );
}

/**
 * The state of the agent saved in `directory`, with its replay buffer where that was saved with it.
 * @throws TemperedError (NO_AGENT, SAFETENSORS, SNAPSHOT)
 */
export function readAgentState(directory: string): AgentState {
  const state = readWithWeights(directory);
  if (!existsSync(join(directory, CHECKPOINT))) return state;
  const whole = new CheckpointStore(join(directory, CHECKPOINT)).read().checkpoint?.agent;
  // One of an earlier save is not what the manifest speaks of.
  const isSame = whole?.steps === state.steps && whole.learner.updates === state.learner.updates;
  return isSame ? whole : state;
}

function readWithWeights(directory: string): AgentState {
  let manifest = readManifest(directory);
  for (let reads = 1; ; reads++) {
    try {
      return stateOf(directory, manifest);
    } catch (error) {
      // Somebody has saved meanwhile, and removed what the manifest named before.
      const now = readManifest(directory);
      if (now.sha256 === manifest.sha256 || reads === READS) throw error;
      manifest = now;
    }
  }
}

function stateOf(directory: string, manifest: StoredManifest): AgentState {
  const path = join(directory, manifest.weights);
  const networks = sacNetworks(updateSpec(manifest.hyperparameters, manifest));
  const expected = storedSize(networks);
  const most = 4 * expected.numbers + HEADER_BYTES.tensor * expected.tensors + HEADER_BYTES.all;
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = readPlainFile(path, most);
  } catch (cause) {
    const { message } = cause as Error;
    throw new TemperedError(
      "NO_AGENT",
      `Expected the weights that ${AGENT_FILE} names at ${path}, got: ${message}; save the agent again`,
      { cause },
    );
  }
  if (WEIGHTS_FILE.exec(manifest.weights)?.[1] !== sha256(bytes).slice(0, 16)) {
    throw new TemperedError(
      "SNAPSHOT",
      `Expected ${path} to hold what its name says, but its content has another hash: the file is damaged; take a ` +
        "copy of it, or another agent",
    );
  }
  return inFile(path, () => {
    const tensors = decodeSafetensors(bytes);
    checkTensors(networks, tensors);
    const { weights: _, sha256: __, ...snapshot } = manifest;
    return fromSnapshot({ manifest: snapshot, tensors });
  });
}

/** What goes wrong in `work` names the file. */
function inFile<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof TemperedError)) throw error;
    throw new TemperedError(error.code, `${path}: ${error.message}`, { cause: error });
  }
}
