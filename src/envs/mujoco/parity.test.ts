// Against Gymnasium 1.3 with MuJoCo 3.14 (test/fixtures/mujoco/make_fixtures.py): the same starts and actions give the
// same observations, rewards, terminations and infos, and the models are the same model.

import { describe, expect, test } from "vitest";
import { type FixtureArray, readFixture } from "../../../test/fixtures/mujoco/fixture.ts";
import { listEnvs } from "../registry.ts";
import { mujocoTasks } from "./index.ts";
import { loadMujoco } from "./load-mujoco.ts";
import { mjcfText } from "./mjcf.ts";
import { type MujocoEnv, makeMujocoEnv } from "./mujoco-env.ts";

/** Relative to max(1, |expected|). HalfCheetah is chaotic: platforms part sooner there. */
const TOLERANCE: Readonly<Record<string, number>> = { "HalfCheetah-v5": 1e-8 };
const OTHERS_TOLERANCE = 1e-9;
const STARTS = 100;
const STEPS = 20;

describe.each(mujocoTasks.map((task) => ({ id: task.id, task })))("$id", ({ id, task }) => {
  const fixture = readFixture(id);
  const tolerance = TOLERANCE[id] ?? OTHERS_TOLERANCE;

  test("has Gymnasium's spaces, step, time limit and reward threshold", async () => {
    using env = disposable(await makeMujocoEnv(task));
    expect(env.observationSpace.low).toEqual(fixture.array("space.observation.low").values);
    expect(env.observationSpace.high).toEqual(fixture.array("space.observation.high").values);
    expect(env.actionSpace.low).toEqual(fixture.array("space.action.low").values);
    expect(env.actionSpace.high).toEqual(fixture.array("space.action.high").values);
    expect(env.stepSeconds).toBe(fixture.stepSeconds);
    const spec = listEnvs().find((each) => each.id === id)!;
    expect(spec.maxEpisodeSteps).toBe(fixture.maxEpisodeSteps);
    expect(spec.rewardThreshold ?? null).toBe(fixture.rewardThreshold);
  });

  test(`follows ${STARTS} starts for ${STEPS} steps`, async () => {
    using env = disposable(await makeMujocoEnv(task));
    const worst = new Worst(tolerance);
    for (let start = 0; start < STARTS; start++) {
      const first = env.setPhysics([
        ...fixture.array("start.qpos").row(start),
        ...fixture.array("start.qvel").row(start),
      ]);
      worst.compare(`start ${start}`, first.observation, fixture.array("start.observation").row(start));
      worst.compareInfo(`start ${start}`, first.info, infoOf("start.info.", start));
      for (let step = 0; step < STEPS; step++) {
        const index = start * STEPS + step;
        const where = `start ${start} step ${step + 1}`;
        const { observation, reward, terminated, info } = env.step(fixture.array("action").row(index));
        const observed = fixture.observedSteps.indexOf(step + 1);
        if (observed >= 0) {
          const row = start * fixture.observedSteps.length + observed;
          worst.compare(where, observation, fixture.array("observation").row(row));
        }
        worst.compare(`${where} reward`, [reward], fixture.array("reward").row(index));
        expect(terminated, where).toBe(fixture.array("terminated").row(index)[0] === 1);
        worst.compareInfo(where, info, infoOf("info.", index));
      }
    }
    expect(worst.message).toBe("");
  });

  test("compiles to Gymnasium's model", async () => {
    const mujoco = await loadMujoco();
    const model = mujoco.MjModel.from_xml_string(mjcfText(task.model));
    const compared = [...fixture.arrays].filter(([name]) => name.startsWith("model."));
    const worst = new Worst(1e-14);
    for (const [name, expected] of compared) {
      const value = read(model, name.split(".").slice(1));
      if (value !== UNREADABLE)
        worst.compare(name, typeof value === "object" ? value : [Number(value)], expected.values);
    }
    model.delete();
    expect(compared.length).toBeGreaterThan(200);
    expect(worst.message).toBe("");
  });

  function infoOf(prefix: string, index: number): Map<string, Float64Array> {
    const named = [...fixture.arrays].filter(([name]) => name.startsWith(prefix));
    return new Map(
      named.map(([name, array]: [string, FixtureArray]) => [name.slice(prefix.length), array.row(index)]),
    );
  }
});

class Worst {
  message = "";
  #excess = 0;
  readonly #tolerance: number;

  constructor(tolerance: number) {
    this.#tolerance = tolerance;
  }

  compare(where: string, actual: ArrayLike<number>, expected: ArrayLike<number>): void {
    if (actual.length !== expected.length) {
      this.message = `${where}: ${actual.length} numbers, expected ${expected.length}`;
      this.#excess = Infinity;
    }
    for (let i = 0; i < expected.length; i++) {
      const error = Math.abs(actual[i]! - expected[i]!) / Math.max(1, Math.abs(expected[i]!));
      if (error <= Math.max(this.#tolerance, this.#excess) || actual[i] === expected[i]) continue;
      this.#excess = Number.isNaN(error) ? Infinity : error;
      this.message = `${where}[${i}]: ${actual[i]}, expected ${expected[i]}: off by ${error}`;
    }
  }

  compareInfo(where: string, actual: object, expected: Map<string, ArrayLike<number>>): void {
    expect(Object.keys(actual).sort(), where).toEqual([...expected.keys()].sort());
    for (const [name, value] of Object.entries(actual)) {
      this.compare(`${where} info.${name}`, typeof value === "number" ? [value] : value, expected.get(name)!);
    }
  }
}

const UNREADABLE = Symbol("a field that the JavaScript bindings cannot read");

/** A field of mjModel by its path; the bindings have no view of arrays of booleans. */
function read(owner: object, [name, ...rest]: string[]): ArrayLike<number> | number | typeof UNREADABLE {
  let value: unknown;
  try {
    value = (owner as Record<string, unknown>)[name!];
  } catch (error) {
    if (error instanceof Error && error.name === "BindingError") return UNREADABLE;
    throw error;
  }
  return rest.length > 0 ? read(value as object, rest) : (value as ArrayLike<number>);
}

function disposable(env: MujocoEnv): MujocoEnv & Disposable {
  return Object.assign(env, { [Symbol.dispose]: () => env.close() });
}
