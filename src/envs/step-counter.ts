// Where an env is in its life, for errors that say when something went wrong: its steps so far, and those of its episode.

import type { Fault } from "./answers.ts";
import { describe, isError } from "./describe.ts";
import { EnvError } from "./errors.ts";
import type { StateParts } from "./stateful.ts";

export class StepCounter {
  private readonly name: string;
  private steps = 0;
  private episodeSteps = 0;

  /** @param name of the env */
  constructor(name: string) {
    this.name = name;
  }

  state() {
    return { steps: this.steps, episodeSteps: this.episodeSteps };
  }

  restore({ steps, episodeSteps }: StateParts): void {
    this.steps = steps as number;
    this.episodeSteps = episodeSteps as number;
  }

  reset(): void {
    this.episodeSteps = 0;
  }

  step(): void {
    this.steps++;
    this.episodeSteps++;
  }

  /** @throws EnvError (ENV_VALUE) for the first of `faults` */
  stop([fault]: readonly Fault[]): never {
    const { expected, got, advice } = fault!;
    throw new EnvError("ENV_VALUE", `${this.where()}: expected ${expected}, got ${got}; ${advice}`);
  }

  /** What the env has thrown, or an EnvError (ENV_THROWN) about it where that is no error. */
  asError(thrown: unknown): Error {
    if (isError(thrown)) return thrown;
    return new EnvError(
      "ENV_THROWN",
      `${this.where()}: expected an Error where the env throws, got ${describe(thrown)}; throw new Error("what is wrong")`,
      { cause: thrown },
    );
  }

  private where(): string {
    return this.episodeSteps === 0
      ? `${this.name}, reset after step ${this.steps}`
      : `${this.name}, step ${this.steps} (step ${this.episodeSteps} of its episode)`;
  }
}
