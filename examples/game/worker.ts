// Trains the jellyfish beside the page, hands over the policy as it is every now and then, and keeps the agent in the browser's
// own file system, so that a reload goes on where it was.

import { policyModule, policyOf } from "../../src/export/index.ts";
import { type Agent, SAC, TemperedError } from "../../src/index.ts";
import { SeaEnv } from "./env.ts";
import type { FromWorker, ToWorker } from "./messages.ts";

const NAME = "jellyfish";
/** Enough to swim well: a minute or two. */
const STEPS = 60_000;
const SECONDS = { policy: 1.5, save: 8 };

let making: Promise<{ agent: Agent; restored: boolean }> | undefined;
let resting: AbortController | undefined;
let seed = 1;

self.onmessage = async ({ data }: MessageEvent<ToWorker>) => {
  try {
    if (data.type === "rest") resting?.abort();
    if (data.type === "forget") await forget();
    if (data.type === "learn") await learn();
  } catch (error) {
    say({ type: "error", message: (error as Error).message });
  }
};

async function learn(): Promise<void> {
  making ??= restoredOr(fresh);
  const { agent, restored } = await making;
  if (resting) return;
  const stop = new AbortController();
  resting = stop;
  say({ type: "state", state: "learning", restored });
  const last = { policy: -Infinity, save: seconds(), report: seconds(), updates: agent.learner.updates };
  await handOver(agent);
  const left = STEPS - agent.steps;
  const learning = left > 0 ? agent.learn({ totalTimesteps: left, logEvery: 250, signal: stop.signal }) : [];
  for await (const { step, updates, alpha, entropy, targetEntropy, episodeReturn } of learning) {
    const updatesPerSecond = (updates - last.updates) / (seconds() - last.report);
    Object.assign(last, { report: seconds(), updates });
    say({
      type: "progress",
      steps: step,
      updates,
      updatesPerSecond,
      alpha,
      entropy,
      targetEntropy,
      episodeReturn,
    });
    if (seconds() - last.policy > SECONDS.policy) {
      await handOver(agent);
      last.policy = seconds();
    }
    if (seconds() - last.save > SECONDS.save) {
      await keep(agent);
      last.save = seconds();
    }
  }
  await handOver(agent);
  await keep(agent);
  if (resting === stop) resting = undefined;
  say({ type: "state", state: agent.steps >= STEPS ? "learned" : "resting", restored });
}

async function restoredOr(make: () => Promise<Agent>) {
  try {
    const agent = await SAC.load(NAME, { env: await SeaEnv.create() });
    return { agent, restored: true };
  } catch (error) {
    const none = error instanceof TemperedError && ["NO_AGENT", "NO_STORAGE"].includes(error.code);
    if (!none) console.info(`What was saved here cannot be used: ${(error as Error).message}`);
    return { agent: await make(), restored: false };
  }
}

async function fresh(): Promise<Agent> {
  return SAC.create(await SeaEnv.create(), {
    seed,
    hidden: [64, 64],
    batchSize: 128,
    learningRate: 1e-3,
    gamma: 0.97,
    tau: 0.01,
    learningStarts: 1500,
    trainFreq: 2,
    temperature: { initialAlpha: 0.05, learningRate: 3e-3, targetEntropy: -1 },
  });
}

/** Another agent, which knows nothing. */
async function forget(): Promise<void> {
  resting?.abort();
  resting = undefined;
  const old = making;
  seed += 1;
  making = fresh().then((agent) => ({ agent, restored: false }));
  await learn();
  await (await old)?.agent.dispose();
}

async function handOver(agent: Agent): Promise<void> {
  const state = await agent.state({ replay: false });
  say({ type: "policy", module: policyModule(policyOf(state), { stochastic: true }), steps: state.steps });
}

async function keep(agent: Agent): Promise<void> {
  try {
    await agent.save(NAME, { replay: true });
  } catch (error) {
    // A private window: it learns all the same.
    if (!(error instanceof TemperedError)) throw error;
  }
}

function seconds(): number {
  return performance.now() / 1000;
}

function say(message: FromWorker): void {
  self.postMessage(message);
}
