// run.json: what a run was, written before its first step. `declared` holds the settings in effect in the words of
// every other log's `Series`, so that whoever judges the run need not know the shape of `config`.

import { TemperedError } from "../errors.ts";
import type { DeclaredSettings } from "./series.ts";

export const MANIFEST_FORMAT = "tempered-run/1";

/** What a program says about its run. Everything in it must survive JSON. */
export interface RunSettings {
  /** Environment id, or the path of the module that makes it. */
  readonly env: string;
  readonly seed: number;
  /** The engine that ran the update, such as "wasm". */
  readonly engine: string;
  /** Threads that it used; missing in what older versions wrote, whose `config` says. */
  readonly threads?: number;
  /** How the wasm engine added up products, "portable" or "fused"; what older versions wrote was portable. */
  readonly arithmetic?: string;
  /** The whole configuration, defaults filled in. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Temperature settings in effect; `actionDim` and `targetEntropy` resolved to numbers. */
  readonly declared?: DeclaredSettings;
  /** What each number of an observation is, where the environment says so. */
  readonly observationNames?: readonly string[];
  /** Versions of tempered, the engine, Node… */
  readonly versions?: Readonly<Record<string, string>>;
  /** Where the environment is somebody's code: who has run it; see src/training/origin.ts. */
  readonly origin?: string;
}

export interface RunManifest extends RunSettings {
  readonly format: typeof MANIFEST_FORMAT;
  /** ISO 8601. */
  readonly startedAt: string;
  /** How the run ended; absent while it runs, and for ever where it was killed. */
  readonly result?: Readonly<Record<string, unknown>>;
}

export class RunDirectoryError extends TemperedError {}

export function isRunManifest(value: unknown): value is RunManifest {
  return typeof value === "object" && value !== null && "format" in value && value.format === MANIFEST_FORMAT;
}

export function formatManifest(manifest: RunManifest): string {
  return `${JSON.stringify(manifest, nonFiniteAsString, 2)}\n`;
}

function nonFiniteAsString(_key: string, value: unknown): unknown {
  return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
}
