// Refuses arrays of the wrong length before they turn into NaN somewhere in the dynamics.

import { EnvError } from "./errors.ts";

/** @throws EnvError (ENV_ACTION) unless `action` has `size` numbers */
export function expectActionOf(size: number, action: ArrayLike<number>, env: string): void {
  if (action.length !== size) {
    throw new EnvError(
      "ENV_ACTION",
      `Expected an action of ${size} numbers for ${env}, got ${action.length}; pass as many as actionSpace.shape says`,
    );
  }
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
