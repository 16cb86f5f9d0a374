// What the browser tests share: the page built once a test file, runs written like a program writes them, a dashboard
// on a free port, and real Chromium.

import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium } from "playwright-core";
import { build } from "vite";
import { type RunDirectory, RunDirectory as Runs } from "../../src/training/run-directory.ts";

const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";

export const hasChromium = existsSync(CHROMIUM);
if (!hasChromium) {
  process.stderr.write(
    `Browser tests are left out: there is no Chromium at ${CHROMIUM} (CHROMIUM=PATH names another).\n`,
  );
}

export function launch(): Promise<Browser> {
  const args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"];
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [...args, "--disable-component-update", "--no-first-run"],
  });
}

/** A folder that is gone after the tests. */
export function temporary(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "tempered-web-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Builds a page. @returns its folder below `into` */
export async function buildPage(name: string, into: string): Promise<string> {
  const root = new URL(`../../web/${name}`, import.meta.url).pathname;
  const outDir = join(into, `page-${name}`);
  await build({ configFile: join(root, "vite.config.ts"), root, logLevel: "error", build: { outDir } });
  return outDir;
}

export interface RunOptions {
  readonly targetEntropy?: number;
  readonly learningRate?: number;
  readonly actionDim?: number;
  readonly env?: string;
}

/** An empty run directory with settings that the doctor can reason with. */
export function makeRun(path: string, options: RunOptions = {}): Promise<RunDirectory> {
  const { targetEntropy = -1, learningRate = 3e-4, actionDim = 1, env = "Pendulum-v1" } = options;
  return Runs.create(path, {
    env,
    seed: 1,
    engine: "wasm",
    config: {},
    declared: { targetEntropy, alphaLearningRate: learningRate, actionDim, lossForm: "log-alpha", env },
  });
}

export interface Story {
  readonly rows: number;
  /** Updates between rows, default 100. */
  readonly every?: number;
  /** Seed of the scatter. */
  readonly seed?: number;
  /** From this row on the sign of the α step is wrong. */
  readonly invertedFrom?: number;
  readonly targetEntropy?: number;
  readonly learningRate?: number;
}

export interface StoryRow {
  readonly step: number;
  readonly metrics: Record<string, number>;
}

/**
 * A run in miniature: α follows the gap as Adam lets it, the entropy follows α, the return grows as the policy settles.
 * Every number is consistent with the update that the doctor expects, or with the fault that was asked for.
 */
export function* story(options: Story): Generator<StoryRow> {
  const { rows, every = 100, seed = 1, invertedFrom = Number.POSITIVE_INFINITY } = options;
  const { targetEntropy = -1, learningRate = 3e-4 } = options;
  let state = seed * 2654435761;
  const scatter = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
  let logAlpha = 0;
  let entropy = 0.65;
  for (let row = 1; row <= rows; row++) {
    const updates = row * every;
    const step = updates + 100;
    const alpha = Math.exp(logAlpha);
    const settled = 1 - Math.exp(-updates / 6000);
    const pull = Math.tanh(1.2 * (logAlpha + 3.2));
    entropy += 0.004 * Math.min(every, 100) * (targetEntropy + 1.6 * pull - entropy) * 0.12;
    entropy = Math.min(0.68, Math.max(-4.5, entropy));
    const noisy = entropy + 0.06 * scatter();
    const gap = noisy - targetEntropy;
    const average = -1400 + 1240 * settled + 90 * scatter() * (1.2 - settled);
    yield {
      step,
      metrics: {
        "rollout/ep_rew_mean":
          row >= invertedFrom ? average - 500 * Math.min(1, (row - invertedFrom) / 100) : average,
        "rollout/ep_len_mean": 200,
        "train/n_updates": updates,
        "train/learning_rate": learningRate,
        "train/ent_coef": alpha,
        "train/ent_coef_loss": (row >= invertedFrom ? -1 : 1) * logAlpha * gap,
        "train/log_alpha": logAlpha,
        "train/entropy": noisy,
        "train/target_entropy": targetEntropy,
        "train/entropy_gap": gap,
        "train/actor_loss": 20 + 130 * settled + 6 * scatter(),
        "train/critic_loss": Math.exp(1.4 * Math.sin(updates / 5000) + 0.8 * scatter()),
        "train/q_mean": -20 - 130 * settled + 4 * scatter(),
        "train/action_saturation": 0.1,
        "time/time_elapsed": updates / 90,
      },
    };
    const direction = row >= invertedFrom ? 1 : -1;
    logAlpha += direction * every * learningRate * Math.max(-1, Math.min(1, 3 * (entropy - targetEntropy)));
  }
}

export function write(run: RunDirectory, rows: Iterable<StoryRow>): void {
  for (const { step, metrics } of rows) run.log(step, metrics);
}
