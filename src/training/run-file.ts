// run.json as it is read: it may be of a run that somebody else has made, or be damaged, and is believed only as far as it
// keeps to its form.

import { join } from "node:path";
import { z } from "zod";
import { readJsonFile } from "../files/plain-file.node.ts";
import { MANIFEST_FORMAT, RunDirectoryError, type RunManifest } from "../runs/run-manifest.ts";

const table = z.record(z.string(), z.unknown());

const manifestSchema = z.object({
  format: z.literal(MANIFEST_FORMAT),
  startedAt: z.string(),
  env: z.string().min(1),
  seed: z.int().min(0),
  engine: z.enum(["onnxruntime", "wasm"]),
  threads: z.int().min(1).max(1024).optional(),
  arithmetic: z.enum(["portable", "fused"]).optional(),
  config: table,
  declared: table.optional(),
  versions: z.record(z.string(), z.string()).optional(),
  origin: z.string().optional(),
  result: table.optional(),
});

/** What run.json in a directory says. @throws RunDirectoryError (RUN_NOT_FOUND) */
export function readRunManifest(directory: string): RunManifest {
  const path = join(directory, "run.json");
  let content: unknown;
  try {
    content = readJsonFile(path);
  } catch (cause) {
    throw noRun(directory, (cause as Error).message, cause);
  }
  const { success, error } = manifestSchema.safeParse(content);
  if (success) return content as RunManifest;
  const { path: place, message } = error.issues[0]!;
  throw noRun(
    directory,
    `a run.json whose ${place.join(".") || "content"} is wrong: ${message.slice(0, 200)}`,
  );
}

export function noRun(directory: string, found: string, cause?: unknown): RunDirectoryError {
  const message = `Expected a run directory (with run.json and metrics.jsonl) at ${directory}, got: ${found}.`;
  return new RunDirectoryError("RUN_NOT_FOUND", message, { cause });
}
