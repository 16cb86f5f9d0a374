// A saved agent on disk: `agent.json` and the safetensors file that it names. The manifest is replaced by a rename
// after the weights are whole, so that a crash at any moment leaves the previous agent or the new one, never a mix.

import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { TemperedError } from "../errors.ts";
import { writeFileAtomically } from "../files/atomic-file.node.ts";
import type { AgentState } from "./agent-state.ts";
import { decodeSafetensors, encodeSafetensors } from "./safetensors.ts";
import { fromSnapshot, SNAPSHOT_FORMAT, type SnapshotManifest, toSnapshot } from "./snapshot.ts";

const MANIFEST = "agent.json";

interface StoredManifest extends SnapshotManifest {
  /** Name of the weights' file, beside the manifest. */
  readonly weights: string;
}

/** Saves the agent of that state into `directory`, which is made where it is missing; an agent saved there before is replaced. */
export function saveAgent(state: AgentState, directory: string): void {
  const { manifest, tensors } = toSnapshot(state);
  const bytes = encodeSafetensors(tensors);
  // Named after what it holds: other weights never take the place of those that the manifest still names.
  const weights = `weights-${createHash("sha256").update(bytes).digest("hex").slice(0, 16)}.safetensors`;
  const stored: StoredManifest = { ...manifest, weights };
  mkdirSync(directory, { recursive: true });
  writeFileAtomically(join(directory, weights), bytes);
  writeFileAtomically(join(directory, MANIFEST), `${JSON.stringify(stored, null, 2)}\n`);
  for (const name of readdirSync(directory)) {
    if (/^weights-[0-9a-f]+\.safetensors$/.test(name) && name !== weights) rmSync(join(directory, name));
  }
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

/** The state of the agent saved in `directory`, without replay buffer. @throws TemperedError (NO_AGENT, SAFETENSORS) */
export function readAgentState(directory: string): AgentState {
  const manifest = readAgentManifest(directory);
  const tensors = decodeSafetensors(readWeights(join(directory, manifest.weights)));
  return fromSnapshot({ manifest, tensors });
}

function readWeights(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new TemperedError(
      "NO_AGENT",
      `Expected the weights that ${MANIFEST} names at ${path}, got: ${(cause as Error).message}; save the agent again`,
      { cause },
    );
  }
}
