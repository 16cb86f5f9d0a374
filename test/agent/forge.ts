// Saved agents as somebody hostile would make them: changed, and with hashes that are right again.

import { createHash } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const sha256 = (content: Uint8Array | string) => createHash("sha256").update(content).digest("hex");

type Json = Record<string, unknown>;

/** Rewrites agent.json with its own hash made anew. */
export function forgeManifest(directory: string, change: (manifest: Json) => Json): void {
  const path = join(directory, "agent.json");
  const { sha256: _, ...stored } = JSON.parse(readFileSync(path, "utf8")) as Json;
  const content = change(stored);
  let hash = "0".repeat(64);
  try {
    hash = sha256(JSON.stringify(content));
  } catch {
    // Too deep to be written by JSON.stringify; whoever does it otherwise is still to be refused.
  }
  writeFileSync(path, JSON.stringify({ ...content, sha256: hash }));
}

/** Rewrites the weights' file, under the name that its new content asks for. */
export function forgeWeights(directory: string, change: (bytes: Buffer) => Uint8Array): void {
  const stored = JSON.parse(readFileSync(join(directory, "agent.json"), "utf8")) as { weights: string };
  const bytes = change(readFileSync(join(directory, stored.weights)));
  rmSync(join(directory, stored.weights));
  const weights = `weights-${sha256(bytes).slice(0, 16)}.safetensors`;
  writeFileSync(join(directory, weights), bytes);
  forgeManifest(directory, (manifest) => ({ ...manifest, weights }));
}

/** The same by the JSON header of a safetensors file. */
export function forgeHeader(directory: string, change: (header: Record<string, Json>) => unknown): void {
  forgeWeights(directory, (bytes) => {
    const length = Number(bytes.readBigUInt64LE(0));
    const header = change(JSON.parse(bytes.subarray(8, 8 + length).toString()));
    const json = Buffer.from(typeof header === "string" ? header : JSON.stringify(header));
    const start = Buffer.alloc(8);
    start.writeBigUInt64LE(BigInt(json.length));
    return Buffer.concat([start, json, bytes.subarray(8 + length)]);
  });
}
