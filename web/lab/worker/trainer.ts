// An agent of the library at work, one environment step at a time, with settings and faults that may change between
// any two of them. Its temperature is the live one.

import { Agent } from "../../../src/agent/agent.ts";
import { type AgentFiles, agentFiles } from "../../../src/agent/agent-files.ts";
import type { LearnMetrics } from "../../../src/agent/metrics-window.ts";
import { toSnapshot } from "../../../src/agent/snapshot.ts";
import type { Engine } from "../../../src/engines/engine.ts";
import { type AveragedQuantity, averagedQuantities } from "../../../src/metrics/table.ts";
import { sacUpdate } from "../../../src/sac/update.ts";
import { type Effects, effectsOf, labFaults } from "../faults.ts";
import type { History, LabEvent } from "../messages.ts";
import { type Setup, targetOf } from "../setup.ts";
import { tasks } from "../tasks.ts";
import { LiveTemperature } from "./live-temperature.ts";
import { RunRecord } from "./record.ts";
import { SwitchableEngine } from "./switchable-engine.ts";
import { TaskEnv } from "./task-env.ts";

/** Episodes that "solved" looks at. */
const RECENT = 5;

export class Trainer {
  readonly agent: Agent;
  readonly record = new RunRecord();
  solvedAtStep: number | undefined;
  /** The doctor reads from this environment step on. */
  diagnosedFrom = -1;

  private setup: Setup;
  private effects: Effects;
  private readonly temperature: LiveTemperature;
  private readonly engine: SwitchableEngine;
  private readonly env: TaskEnv;
  private readonly steps: AsyncGenerator<LearnMetrics, void, void>;
  private readonly episodeSteps: number[] = [];
  private readonly events: LabEvent[] = [];

  static async create(setup: Setup, engine: Engine): Promise<Trainer> {
    const task = tasks[setup.task];
    const switchable = new SwitchableEngine(engine);
    const env = new TaskEnv(task);
    const effects = effectsOf(setup.faults, task.actionSize);
    const temperature = new LiveTemperature(setup, effects);
    const agent = await Agent.create(env, {
      engine: switchable,
      ownsEngine: true,
      seed: setup.seed,
      temperature,
      ...task.hyperparameters,
    });
    const trainer = new Trainer(agent, setup, switchable, env, temperature);
    if (!trainer.effects.sound) await trainer.switchParts();
    return trainer;
  }

  private constructor(
    agent: Agent,
    setup: Setup,
    engine: SwitchableEngine,
    env: TaskEnv,
    temperature: LiveTemperature,
  ) {
    this.agent = agent;
    this.setup = setup;
    this.engine = engine;
    this.env = env;
    this.temperature = temperature;
    this.effects = temperature.effects;
    this.env.rewardScale = this.effects.rewardScale;
    this.steps = agent.learn({ totalTimesteps: Number.MAX_SAFE_INTEGER, logEvery: 1 });
    for (const id of setup.faults) this.events.push({ step: 0, text: labFaults[id].title, faulty: true });
  }

  /** One environment step and, once there is enough to learn from, one update. */
  async step(): Promise<void> {
    const { learner } = this.agent;
    const updates = learner.updates;
    const { value } = await this.steps.next();
    const metrics = value!;
    if (this.env.returns.length > this.episodeSteps.length) this.endEpisode(metrics.step);
    if (learner.updates === updates) return;
    const told = this.temperature.told!;
    const measured = averagedQuantities.map(([quantity, name]) => [quantity, metrics[name]]);
    this.record.add({
      ...(Object.fromEntries(measured) as Record<AveragedQuantity, number>),
      step: metrics.step,
      updates: metrics.updates,
      // The α that this update's loss was made with: means of both then belong together.
      alpha: Math.exp(told.logAlpha),
      alphaLoss: told.loss,
      entropy: -told.logProb,
      targetEntropy: told.targetEntropy,
      return: this.recentReturn,
    });
  }

  /** Goes on under another setup of the same task, seed and initial α. */
  async change(setup: Setup): Promise<void> {
    const added = setup.faults.filter((id) => !this.setup.faults.includes(id));
    const removed = this.setup.faults.filter((id) => !setup.faults.includes(id));
    const { steps: step } = this.agent;
    for (const id of added) this.events.push({ step, text: labFaults[id].title, faulty: true });
    for (const id of removed) {
      this.events.push({ step, text: `${labFaults[id].title} mended`, faulty: false });
    }
    // What was mended or set anew should not be held against the run; what was just broken should be found out.
    if (added.length === 0) this.diagnosedFrom = step;
    const partsBefore = this.effects.parts;
    this.setup = setup;
    this.effects = effectsOf(setup.faults, this.agent.actionSize);
    Object.assign(this.temperature, { setup, effects: this.effects });
    this.env.rewardScale = this.effects.rewardScale;
    const names = Object.keys(partsBefore) as (keyof typeof partsBefore)[];
    if (names.some((name) => partsBefore[name] !== this.effects.parts[name])) await this.switchParts();
  }

  /** The latest update of the temperature. */
  get update(): LiveTemperature["told"] {
    return this.temperature.told;
  }

  get recentReturn(): number {
    const recent = this.env.returns.slice(-RECENT);
    return recent.length < RECENT ? Number.NaN : recent.reduce((sum, total) => sum + total, 0) / RECENT;
  }

  get episodes(): number {
    return this.episodeSteps.length;
  }

  get history(): History {
    const { record, episodeSteps, env, events } = this;
    return {
      step: record.column("step"),
      alpha: record.column("alpha"),
      entropy: record.column("entropy"),
      targetEntropy: record.column("targetEntropy"),
      episodeStep: Float64Array.from(episodeSteps),
      episodeReturn: Float64Array.from(env.returns),
      events,
    };
  }

  /** The agent as files: `SAC.load` reads the manifest beside its weights. */
  async export(): Promise<AgentFiles> {
    const { manifest, tensors } = toSnapshot(await this.agent.state({ replay: false }));
    const { setup } = this;
    const temperature = {
      targetEntropy: targetOf(setup),
      learningRate: setup.alphaLearningRate,
      loss: setup.loss,
      ...(setup.alphaMin !== undefined && { min: setup.alphaMin }),
      ...(setup.alphaMax !== undefined && { max: setup.alphaMax }),
    };
    return agentFiles({ manifest: { ...manifest, temperature }, tensors }, sha256);
  }

  async dispose(): Promise<void> {
    await this.agent.dispose();
  }

  private endEpisode(step: number): void {
    this.episodeSteps.push(step);
    if (this.recentReturn >= tasks[this.setup.task].solvedFrom) this.solvedAtStep ??= step;
  }

  private switchParts(): Promise<void> {
    const { agent } = this;
    const { tau, hidden, batchSize } = agent.hyperparameters;
    const spec = {
      observationSize: agent.observationSpace.low.length,
      actionSize: agent.actionSize,
      hidden,
      batchSize,
      tau,
    };
    return this.engine.switchTo(sacUpdate(spec, this.effects.parts));
  }
}

/** Browsers have it only where pages come over https, or from this machine. */
async function sha256(content: Uint8Array<ArrayBuffer>): Promise<string> {
  if (!globalThis.crypto?.subtle) {
    throw new Error(
      "Expected a page over https or from this machine, to export an agent; open it as localhost",
    );
  }
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
