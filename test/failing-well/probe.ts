// What a probe is: one thing done to a checkout, and a complaint where that went badly. These are the complaints that many share.

import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Checkout, Ended } from "./checkout.ts";

export interface Probe {
  readonly item: number;
  readonly what: string;
  /** What went badly, in some words; undefined where it went well. "skipped: …" where it cannot be tried here. */
  try(checkout: Checkout): Promise<string | undefined>;
}

/** A program that fell, or hangs, and did not end with a line for its user. */
export function fallen({ code, stderr, late }: Ended): string | undefined {
  if (late) return "it hangs";
  const trace = /^ +at .*$/m.exec(stderr);
  if (trace) {
    const error = /^.*(Error|EPIPE|ENOSPC|EMFILE|EFBIG).*$/m.exec(stderr)?.[0] ?? trace[0];
    return `stack trace: ${error.trim().slice(0, 90)}`;
  }
  if (code === 13) return "exit code 13 without a word";
  return undefined;
}

/** A training that ended without its agent, or without saying how. */
export function lost(checkout: Checkout, run: string, outcome: RegExp): string | undefined {
  if (!existsSync(join(checkout.scratch, run, "agent/agent.json"))) return "the agent is lost";
  const result = checkout.json(`${run}/run.json`)?.result as { outcome?: string } | undefined;
  if (result?.outcome === undefined) return "run.json does not say how it ended";
  return outcome.test(result.outcome) ? undefined : `run.json says "${result.outcome}"`;
}

/** An error that is said in one line and by the exit code. */
export function unsaid({ code, stderr }: Ended, expected: number, words: RegExp): string | undefined {
  const lines = stderr.trim().split("\n");
  if (code !== expected) return `exit code ${code}: ${lines.at(-1)!.slice(0, 90)}`;
  return words.test(stderr) ? undefined : `it says: ${lines.at(-1)!.slice(0, 90)}`;
}

/** An environment for scripts: of the shapes of Pendulum-v1, with what its answers have besides. */
export const world = (answer = "") => `{ id: "Pendulum-v1",
  observationSpace: { kind: "box", shape: [3], low: new Float64Array(3).fill(-9), high: new Float64Array(3).fill(9) },
  actionSpace: { kind: "box", shape: [1], low: new Float64Array(1).fill(-1), high: new Float64Array(1).fill(1) },
  reset: () => ({ observation: new Float32Array(3), info: {} }),
  step: () => ({ observation: new Float32Array(3), reward: -1, terminated: false, truncated: false, info: {}, ${answer} }) }`;
export const WORLD = world();
