// N environments of one kind, shared out over K Python processes that step at the same time. The results of all of
// them are gathered in one set of buffers, env after env, which GymnasiumEnv (N = 1) and GymnasiumVectorEnv show.

import type { Info } from "../env.ts";
import type { Space } from "../spaces.ts";
import { GymnasiumError } from "./errors.ts";
import {
  elementCount,
  KIND,
  type NumbersMessage,
  numbersMessage,
  type OpenRequest,
  type Ready,
  type ResultViews,
  resultViews,
} from "./protocol.ts";
import { type PythonOptions, PythonProcess, type PythonProcessOptions } from "./python-process.ts";

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
  readonly infos: Info[];
  readonly #observationSize: number;
  readonly #shares: readonly Share[];

  private constructor(id: string, ready: Ready, shares: readonly Share[], count: number) {
    this.id = id;
    this.ready = ready;
    this.count = count;
    this.#shares = shares;
    this.#observationSize = elementCount(ready.observationSpace);
    this.actionSize = elementCount(ready.actionSpace as Space);
    const elements = count * this.#observationSize;
    this.observations =
      ready.observationType === "f4" ? new Float32Array(elements) : new Float64Array(elements);
    this.rewards = new Float64Array(count);
    this.terminated = new Uint8Array(count);
    this.truncated = new Uint8Array(count);
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
      const actionSize = elementCount(ready.actionSpace as Space);
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

  /** @param seed of environment 0; environment i gets seed + i, as in Gymnasium */
  reset(seed: number | undefined): Promise<void> {
    for (const { seeds, first } of this.#shares) {
      for (let i = 0; i < seeds.values.length; i++)
        seeds.values[i] = seed === undefined ? -1 : seed + first + i;
    }
    return this.#ask((share) => share.seeds);
  }

  /** @param actions [count, action size], in the units of the action space */
  step(actions: ArrayLike<number>): Promise<void> {
    const size = this.actionSize;
    if (actions.length !== this.count * size) {
      return Promise.reject(
        new GymnasiumError(
          "ENV_ACTION_SIZE",
          `${this.id} expected ${this.count} × ${size} action elements, got ${actions.length}.`,
        ),
      );
    }
    for (const { actions: message, first } of this.#shares) {
      const values = message.values;
      for (let i = 0; i < values.length; i++) values[i] = actions[first * size + i]!;
    }
    return this.#ask((share) => share.actions);
  }

  async close(): Promise<void> {
    await Promise.all(this.#shares.map(({ process }) => process.close()));
  }

  async #ask(message: (share: Share) => NumbersMessage): Promise<void> {
    if (this.#shares.length === 1) {
      const share = this.#shares[0]!;
      await share.process.request(message(share).bytes, KIND.result);
      this.#gather(share);
      return;
    }
    await Promise.all(
      this.#shares.map(({ process }, i) => process.request(message(this.#shares[i]!).bytes, KIND.result)),
    );
    for (const share of this.#shares) this.#gather(share);
  }

  #gather(share: Share): void {
    const { process, first, count } = share;
    if (process.answer.buffer !== share.views.rewards.buffer)
      share.views = viewsOf(process, count, this.ready);
    const views = share.views;
    this.observations.set(views.observations, first * this.#observationSize);
    this.rewards.set(views.rewards, first);
    this.terminated.set(views.terminated, first);
    this.truncated.set(views.truncated, first);
    if (process.answerLength > views.infosAt) {
      const infos = JSON.parse(process.answerText(views.infosAt)) as Info[];
      for (let i = 0; i < count; i++) this.infos[first + i] = infos[i]!;
    } else this.infos.fill(NO_INFO, first, first + count);
  }
}

function viewsOf(process: PythonProcess, count: number, ready: Ready): ResultViews {
  return resultViews(
    process.answer.buffer,
    count,
    elementCount(ready.observationSpace),
    ready.observationType,
  );
}

function requireCount(name: string, value: number): void {
  if (Number.isInteger(value) && value >= 1) return;
  throw new GymnasiumError(
    "ENV_OPTION",
    `Expected \`${name}\` to be a whole number from 1 up, got ${value}.`,
  );
}
