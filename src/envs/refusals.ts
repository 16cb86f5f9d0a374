// Refuses actions and states that an env does not have before they turn into NaN somewhere in the dynamics.

import { EnvError } from "./errors.ts";
import { type DiscreteSpace, isChoice } from "./spaces.ts";

/** @throws EnvError (ENV_ACTION) unless `action` has `size` numbers */
export function expectActionOf(size: number, action: ArrayLike<number>, env: string): void {
  if (action.length !== size) {
    throw new EnvError(
      "ENV_ACTION",
      `Expected an action of ${size} numbers for ${env}, got ${action.length}; pass as many as actionSpace.shape says`,
    );
  }
}

/** The one number of `action`. @throws EnvError (ENV_ACTION) unless it is one of the choices */
export function choiceOf(space: DiscreteSpace, action: ArrayLike<number>, env: string): number {
  if (action.length === 1 && isChoice(space, action[0]!)) return action[0]!;
  const got = action.length === 1 ? action[0] : `${action.length} numbers`;
  throw new EnvError(
    "ENV_ACTION",
    `Expected an action of one integer from ${space.start} to ${space.start + space.n - 1} for ${env}, got ${got}; ` +
      "pass it as an array: step([1])",
  );
}

/** @throws EnvError (ENV_STATE) unless `state` has `size` numbers */
export function expectPhysicsOf(size: number, state: ArrayLike<number>, env: string): void {
  if (state.length !== size) {
    throw new EnvError(
      "ENV_STATE",
      `Expected a state of ${size} numbers for ${env}, got ${state.length}; see its physics()`,
    );
  }
}
