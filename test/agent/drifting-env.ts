// A small env with its own random stream whose whole state can be told: what an agent needs to go on to the bit.

import {
  box,
  noInfo,
  type ResetOptions,
  type StepResult,
  type SyncEnv,
  Wrapper,
} from "../../src/envs/index.ts";
import { type EnvState, type Stateful, stateLike, stateOf } from "../../src/envs/stateful.ts";
import { RandomStream } from "../../src/random/index.ts";

const LENGTH = 17;

/** Answers a turn of the event loop later, so that timers ring between any two steps. */
export class LateEnv extends Wrapper {
  override async step(action: ArrayLike<number>): Promise<StepResult> {
    await new Promise((resolve) => void setImmediate(resolve));
    return super.step(action);
  }
}

export class DriftingEnv implements SyncEnv, Stateful {
  readonly id = "test/Drifting";
  readonly observationSpace = box(-Infinity, Infinity, [2]);
  readonly actionSpace = box([-1, -1], [1, 3]);
  private random = new RandomStream(0, this.id);
  private position = 0;
  private steps = 0;

  reset({ seed }: ResetOptions = {}) {
    if (seed !== undefined) this.random = new RandomStream(seed, this.id);
    this.position = this.random.uniformBetween(-1, 1);
    this.steps = 0;
    return { observation: this.observe(), info: noInfo };
  }

  step(action: ArrayLike<number>): StepResult {
    this.steps += 1;
    this.position += 0.1 * (action[0]! + action[1]!) + 0.05 * this.random.normal();
    const terminated = Math.abs(this.position) > 2;
    const truncated = !terminated && this.steps === LENGTH;
    const reward = -Math.abs(this.position);
    return { observation: this.observe(), reward, terminated, truncated, info: noInfo };
  }

  state() {
    return stateOf(this.id, { random: this.random.state(), position: this.position, steps: this.steps });
  }

  restore(given: EnvState): void {
    const state = stateLike(this.state(), given);
    this.random = RandomStream.from(state.random);
    this.position = state.position;
    this.steps = state.steps;
  }

  private observe(): Float32Array {
    return Float32Array.of(this.position, this.steps / LENGTH);
  }
}
