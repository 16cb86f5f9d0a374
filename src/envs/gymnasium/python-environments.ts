// N environments of one kind, shared out over K Python processes that step at the same time. The results of all of
// them are gathered in one set of buffers, env after env, which GymnasiumEnv (N = 1) and GymnasiumVectorEnv show.

import type { Info } from "../env.ts";
import { sizeOf } from "../spaces.ts";
import type { VectorResetOptions } from "../vector/vector-env.ts";
import { GymnasiumError } from "./errors.ts";
import {
  KIND,
  type NumbersMessage,
  numbersMessage,
  type OpenRequest,
  type Ready,
  type ResultViews,
  resultViews,
} from "./protocol.ts";
import { type PythonOptions, PythonProcess, type PythonProcessOptions } from "./python-process.ts";

/** How an environment of Python is made. */
export interface GymnasiumOptions extends PythonOptions {
  /** Keyword arguments of `gymnasium.make`, or of the maker in `module:maker`. Default none. */
  readonly arguments?: Readonly<Record<string, unknown>>;
  /** Whether infos are sent over; without them a step of an env that fills them is faster. Default true. */
  readonly info?: boolean;
}

/** The share of one process: environments `first` to `first + count − 1`. */
interface Share {
  readonly process: PythonProcess;
  readonly first: number;
  readonly count: number;
  readonly seeds: NumbersMessage;
  readonly actions: NumbersMessage;
  views: ResultViews;
}

const NO_INFO: Info = Object.freeze({});

export class PythonEnvironments {
  readonly id: string;
  readonly count: number;
  readonly ready: Ready;
  readonly actionSize: number;
  /** [count, observation size] */
  readonly observations: Float32Array | Float64Array;
  readonly rewards: Float64Array;
  readonly terminated: Uint8Array;
  readonly truncated: Uint8Array;
  /** With autoreset: 1 where the last step only began a new episode. */
  readonly wasReset: Uint8Array;
  readonly infos: Info[];
  readonly #observationSize: number;
  readonly #shares: readonly Share[];

  private constructor(id: string, ready: Ready, shares: readonly Share[], count: number) {
    this.id = id;
    this.ready = ready;
    this.count = count;
    this.#shares = shares;
    this.#observationSize = sizeOf(ready.observationSpace);
    this.actionSize = sizeOf(ready.actionSpace);
    const elements = count * this.#observationSize;
    this.observations =
      ready.observationType === "f4" ? new Float32Array(elements) : new Float64Array(elements);
    this.rewards = new Float64Array(count);
    this.terminated = new Uint8Array(count);
    this.truncated = new Uint8Array(count);
    this.wasReset = new Uint8Array(count);
    this.infos = new Array<Info>(count).fill(NO_INFO);
  }

  static async start(
    request: Omit<OpenRequest, "arguments" | "info">,
    processes: number,
    options: GymnasiumOptions & PythonProcessOptions,
  ): Promise<PythonEnvironments> {
    const { id, environments: count } = request;
    requireCount("environments", count);
    requireCount("processes", processes);
    const started = Array.from({ length: processes }, () => new PythonProcess(id, options));
    try {
      const firsts = started.map((_, index) => Math.floor((index * count) / processes));
      const counts = firsts.map((first, index) => (firsts[index + 1] ?? count) - first);
      const readies = await Promise.all(
        started.map((process, index) =>
          process.open({
            ...request,
            environments: counts[index]!,
            arguments: options.arguments ?? {},
            info: options.info ?? true,
          }),
        ),
      );
      const ready = readies[0]!;
      const actionSize = sizeOf(ready.actionSpace);
      const shares = started.map(
        (process, index): Share => ({
          process,
          first: firsts[index]!,
          count: counts[index]!,
          seeds: numbersMessage(KIND.reset, counts[index]!),
          actions: numbersMessage(KIND.step, counts[index]! * actionSize),
          views: viewsOf(process, counts[index]!, ready),
        }),
      );
      return new PythonEnvironments(id, ready, shares, count);
    } catch (error) {
      await Promise.all(started.map((process) => process.close()));
      throw error;
    }
  }

  /** The process ids, for those who watch over them. */
  get pids(): number[] {
    return this.#shares.map(({ process }) => process.pid!);
  }

  /** Envs keep their random streams where no seed is given, and stay as they are where a mask says 0. */
  async reset({ seed, mask }: VectorResetOptions): Promise<void> {
    if (typeof seed === "object") this.#expectCount("seeds", seed.length, this.count);
    if (mask) this.#expectCount("mask elements", mask.length, this.count);
    const seedOf = (env: number) =>
      typeof seed === "object" ? seed[env]! : seed === undefined ? -1 : seed + env;
    for (const { seeds, first } of this.#shares) {
      for (let i = 0; i < seeds.values.length; i++) {
        seeds.values[i] = mask && !mask[first + i] ? Number.NaN : seedOf(first + i);
      }
    }
    await this.#ask((share) => share.seeds);
    this.#gather();
  }

  /** @param actions [count, action size], in the units of the action space */
  async step(actions: ArrayLike<number>): Promise<void> {
    const size = this.actionSize;
    this.#expectCount("action elements", actions.length, this.count * size);
    for (const { actions: message, first } of this.#shares) {
      const values = message.values;
      for (let i = 0; i < values.length; i++) values[i] = actions[first * size + i]!;
    }
    await this.#ask((share) => share.actions);
    for (let i = 0; i < this.count; i++) this.wasReset[i] = this.terminated[i]! | this.truncated[i]!;
    this.#gather();
  }

  async close(): Promise<void> {
    await Promise.all(this.#shares.map(({ process }) => process.close()));
  }

  async #ask(message: (share: Share) => NumbersMessage): Promise<void> {
    const request = (share: Share) => share.process.request(message(share).bytes, KIND.result);
    if (this.#shares.length === 1) await request(this.#shares[0]!);
    else await Promise.all(this.#shares.map(request));
  }

  #gather(): void {
    for (const share of this.#shares) {
      const { process, first, count } = share;
      if (process.answer.buffer !== share.views.rewards.buffer)
        share.views = viewsOf(process, count, this.ready);
      const { observations, rewards, terminated, truncated, infosAt } = share.views;
      this.observations.set(observations, first * this.#observationSize);
      this.rewards.set(rewards, first);
      this.terminated.set(terminated, first);
      this.truncated.set(truncated, first);
      if (process.answerLength > infosAt) {
        const infos = JSON.parse(process.answerText(infosAt)) as Info[];
        for (let i = 0; i < count; i++) this.infos[first + i] = infos[i]!;
      } else this.infos.fill(NO_INFO, first, first + count);
    }
  }

  #expectCount(what: string, came: number, expected: number): void {
    if (came === expected) return;
    throw new GymnasiumError(
      "ENV_COUNT",
      `${this.id} expected ${expected} ${what} for ${this.count} environments, got ${came}.`,
    );
  }
}

function viewsOf(process: PythonProcess, count: number, ready: Ready): ResultViews {
  return resultViews(process.answer.buffer, count, sizeOf(ready.observationSpace), ready.observationType);
}

function requireCount(name: string, value: number): void {
  if (Number.isInteger(value) && value >= 1) return;
  throw new GymnasiumError("ENV_COUNT", `Expected \`${name}\` to be a whole number from 1 up, got ${value}.`);
}
