// A saved agent as files: `agent.json`, and the safetensors file that it names. The manifest ends with the hash of what
// stands before, the weights' file is named after its own: whatever changes either is noticed before it is believed.

import { encodeSafetensors } from "./safetensors.ts";
import type { Snapshot, SnapshotManifest } from "./snapshot.ts";

export const AGENT_FILE = "agent.json";
/** A hash of the content, and perhaps a word that keeps two savers of the same content apart. */
export const WEIGHTS_FILE = /^weights-([0-9a-f]{16})(?:-[0-9a-z]{1,16})?\.safetensors$/;

export interface StoredManifest extends SnapshotManifest {
  /** Name of the weights' file, beside the manifest. */
  readonly weights: string;
  /** SHA-256 of `hashedText`. */
  readonly sha256: string;
}

export interface AgentFiles {
  readonly weights: { readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> };
  /** Text of `agent.json`. */
  readonly manifest: string;
}

/**
 * @param sha256 in hexadecimal; Node and browsers have it in different places
 * @param word in the name of the weights' file, where several may save into one directory
 */
export async function agentFiles(
  { manifest, tensors }: Snapshot,
  sha256: (content: Uint8Array<ArrayBuffer>) => string | Promise<string>,
  word = "",
): Promise<AgentFiles> {
  const bytes = encodeSafetensors(tensors);
  const name = `weights-${(await sha256(bytes)).slice(0, 16)}${word && `-${word}`}.safetensors`;
  // As JSON keeps it, without what is undefined.
  const content = JSON.parse(JSON.stringify({ ...manifest, weights: name })) as StoredManifest;
  const stored: StoredManifest = { ...content, sha256: await sha256(hashedText(content)) };
  return { weights: { name, bytes }, manifest: `${JSON.stringify(stored, null, 2)}\n` };
}

/** What a manifest's own hash is of: all of it but the hash. */
export function hashedText(manifest: Omit<StoredManifest, "sha256">): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify({ ...manifest, sha256: undefined }));
}
