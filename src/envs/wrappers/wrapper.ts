// A wrapper is an env around another that changes what goes in or what comes out. It answers at once where the inner
// env does, and by a promise where that does.

import type { Env, ResetOptions, ResetResult, StepResult } from "../env.ts";
import type { BoxSpace, Space } from "../spaces.ts";
import {
  type EnvState,
  isStateful,
  type Stateful,
  type StateParts,
  stateful,
  stateLike,
  stateOf,
} from "../stateful.ts";

/** Passes everything through; a wrapper overrides what it changes. */
export abstract class Wrapper implements Env, Stateful {
  /** The env inside. */
  readonly env: Env;

  constructor(env: Env) {
    this.env = env;
  }

  get id(): string {
    return this.env.id;
  }

  get observationSpace(): BoxSpace {
    return this.env.observationSpace;
  }

  get observationNames(): readonly string[] | undefined {
    return this.env.observationNames;
  }

  get actionSpace(): Space {
    return this.env.actionSpace;
  }

  /** Begins an episode of the wrapped environment. */
  reset(options?: ResetOptions): ResetResult | Promise<ResetResult> {
    const result = this.env.reset(options);
    return result instanceof Promise
      ? result.then((value) => this.afterReset(value))
      : this.afterReset(result);
  }

  /** One step of the wrapped environment. */
  step(action: ArrayLike<number>): StepResult | Promise<StepResult> {
    const result = this.env.step(this.beforeStep(action));
    return result instanceof Promise ? result.then((value) => this.afterStep(value)) : this.afterStep(result);
  }

  get canRestore(): boolean {
    return isStateful(this.env);
  }

  state(): EnvState {
    return stateOf(this.id, { own: this.ownState(), inner: stateful(this.env).state() });
  }

  restore(state: EnvState): void | Promise<void> {
    const { own } = stateLike(stateOf(this.id, { own: this.ownState() }), state);
    const restored = stateful(this.env).restore(state.inner as EnvState);
    return restored instanceof Promise ? restored.then(() => this.restoreOwn(own)) : this.restoreOwn(own);
  }

  /** What the wrapper itself keeps between two steps; nothing by default. */
  protected ownState(): StateParts {
    return {};
  }

  /** Takes back the wrapper's own part of a state. @param _own what `ownState` gave, of the same parts and types */
  protected restoreOwn(_own: StateParts): void {}

  close(): void | Promise<void> {
    return this.env.close?.();
  }

  /** The action that the wrapped environment is given. */
  protected beforeStep(action: ArrayLike<number>): ArrayLike<number> {
    return action;
  }

  /** What becomes of the wrapped environment's reset. */
  protected afterReset(result: ResetResult): ResetResult {
    return result;
  }

  /** What becomes of the wrapped environment's step. */
  protected afterStep(result: StepResult): StepResult {
    return result;
  }
}

/** The innermost env. */
export function unwrapped(env: Env): Env {
  return env instanceof Wrapper ? unwrapped(env.env) : env;
}
