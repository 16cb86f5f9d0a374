// An env that gives back what it was given, at once or later.

import { type Env, noInfo, type StepResult } from "../env.ts";
import { box } from "../spaces.ts";

/** Shows the action it was given as observation; gives reward 2; ends where the action is beyond its bounds. */
export class Echo implements Env {
  id = "echo";
  observationSpace = box(-10, 10, [2]);
  actionSpace: Env["actionSpace"] = box([-2, 0], [4, 0.3]);
  reset() {
    return { observation: new Float32Array(2), info: noInfo };
  }
  step(action: ArrayLike<number>): StepResult {
    const observation = Float64Array.from(action);
    return {
      observation,
      reward: 2,
      terminated: observation[0]! > 4,
      truncated: false,
      info: { seen: true },
    };
  }
}

/** The same, answering later. */
export class LateEcho implements Env {
  id = "late echo";
  private readonly echo = new Echo();
  observationSpace = this.echo.observationSpace;
  actionSpace = this.echo.actionSpace;
  isClosed = false;
  async reset() {
    return this.echo.reset();
  }
  async step(action: ArrayLike<number>) {
    return this.echo.step(action);
  }
  async close() {
    this.isClosed = true;
  }
}
