// A saved agent on disk: `agent.json` and the safetensors file that it names. The manifest is replaced by a rename
// after the weights are whole, so that a crash at any moment leaves the previous agent or the new one, never a mix.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { TemperedError } from "../errors.ts";
import { writeFileAtomically } from "../files/atomic-file.node.ts";
import type { AgentState } from "./agent-state.ts";
import { CheckpointStore } from "./checkpoint/store.node.ts";
import { decodeSafetensors, encodeSafetensors } from "./safetensors.ts";
import { fromSnapshot, SNAPSHOT_FORMAT, type SnapshotManifest, toSnapshot } from "./snapshot.ts";

const MANIFEST = "agent.json";
const CHECKPOINT = "checkpoint";
const WEIGHTS = /^weights-[0-9a-f]{16}\.safetensors$/;

interface StoredManifest extends SnapshotManifest {
  /** Name of the weights' file, beside the manifest. */
  readonly weights: string;
}

/**
 * Saves the agent of that state into `directory`, which is made where it is missing; an agent saved there before is
 * replaced. A state with its replay buffer is kept whole, as a checkpoint beside the agent.
 */
export async function saveAgent(state: AgentState, directory: string): Promise<void> {
  const { manifest, tensors } = toSnapshot(state);
  const bytes = encodeSafetensors(tensors);
  // Named after what it holds: other weights never take the place of those that the manifest still names.
  const weights = `weights-${hashOf(bytes)}.safetensors`;
  const stored: StoredManifest = { ...manifest, weights };
  mkdirSync(directory, { recursive: true });
  const previous = previousWeights(directory);
  writeFileAtomically(join(directory, weights), bytes);
  writeFileAtomically(join(directory, MANIFEST), `${JSON.stringify(stored, null, 2)}\n`);
  if (previous !== undefined && previous !== weights) rmSync(join(directory, previous), { force: true });
  if (state.replay) await new CheckpointStore(join(directory, CHECKPOINT)).write({ agent: state, run: {} });
}

/** The weights' file that the manifest in `directory` names, where there is one. Nobody else's files are touched. */
function previousWeights(directory: string): string | undefined {
  try {
    const { weights } = readAgentManifest(directory);
    return WEIGHTS.test(weights) ? weights : undefined;
  } catch {
    return undefined;
  }
}

/** Of a file's content, as it stands in its name. */
function hashOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex").slice(0, 16);
}

/** What `agent.json` in `directory` says. @throws TemperedError (NO_AGENT) where there is none that can be read */
export function readAgentManifest(directory: string): StoredManifest {
  const path = join(directory, MANIFEST);
  let manifest: StoredManifest;
  try {
    manifest = JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw new TemperedError(
      "NO_AGENT",
      `Expected a saved agent (${MANIFEST}) in ${directory}, got: ${(cause as Error).message}`,
      {
        cause,
      },
    );
  }
  if (manifest?.format !== SNAPSHOT_FORMAT) {
    throw new TemperedError(
      "NO_AGENT",
      `Expected format "${SNAPSHOT_FORMAT}" in ${path}, got ${JSON.stringify(manifest?.format)}`,
    );
  }
  return manifest;
}

/**
 * The state of the agent saved in `directory`, with its replay buffer where that was saved with it.
 * @throws TemperedError (NO_AGENT, SAFETENSORS, SNAPSHOT)
 */
export function readAgentState(directory: string): AgentState {
  const manifest = readAgentManifest(directory);
  const tensors = decodeSafetensors(readWeights(directory, manifest.weights));
  const state = fromSnapshot({ manifest, tensors });
  if (!existsSync(join(directory, CHECKPOINT))) return state;
  const whole = new CheckpointStore(join(directory, CHECKPOINT)).read().checkpoint?.agent;
  // One of an earlier save is not what the manifest speaks of.
  const isSame = whole?.steps === state.steps && whole.learner.updates === state.learner.updates;
  return isSame ? whole : state;
}

function readWeights(directory: string, name: unknown): Uint8Array {
  if (typeof name !== "string" || !WEIGHTS.test(name)) {
    throw new TemperedError(
      "NO_AGENT",
      `Expected ${MANIFEST} in ${directory} to name a file of weights beside it, got ${JSON.stringify(name)}`,
    );
  }
  const path = join(directory, name);
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    throw new TemperedError(
      "NO_AGENT",
      `Expected the weights that ${MANIFEST} names at ${path}, got: ${(cause as Error).message}; save the agent again`,
      { cause },
    );
  }
  if (name === `weights-${hashOf(bytes)}.safetensors`) return bytes;
  throw new TemperedError(
    "SNAPSHOT",
    `Expected ${path} to hold what its name says, but its content has another hash: the file is damaged; take a copy of it, or another agent`,
  );
}
