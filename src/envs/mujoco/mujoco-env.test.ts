import { describe, expect, test } from "vitest";
import { ant } from "./ant.ts";
import { halfCheetah } from "./half-cheetah.ts";
import { mujocoTasks } from "./index.ts";
import { instantiate, loadMujoco } from "./load-mujoco.ts";
import { makeMujocoEnv } from "./mujoco-env.ts";
import type { Task } from "./task.ts";

describe("resets", () => {
  test("with the same seed give the same episode, and go on differently without one", async () => {
    const env = await makeMujocoEnv(ant);
    const first = Array.from(env.reset({ seed: 3 }).observation);
    const second = Array.from(env.reset().observation);
    expect(second).not.toEqual(first);
    expect(Array.from(env.reset({ seed: 3 }).observation)).toEqual(first);
    expect(Array.from(env.reset().observation)).toEqual(second);
    env.close();
  });

  // Gymnasium's noise: uniform in ±scale has variance scale²/3, normal scale². 300 resets of 6 numbers or more.
  test.each(mujocoTasks.map((task) => ({ id: task.id, task })))(
    "of $id are noisy as Gymnasium's",
    async ({ task }) => {
      const env = await makeMujocoEnv(task);
      const { scale, velocity } = task.resetNoise;
      const rest = await restPosition(task);
      const positions = Array.from({ length: 300 }, (_, seed) => {
        env.reset({ seed });
        const state = env.physics();
        return {
          qpos: state.slice(0, rest.length).map((x, i) => x - rest[i]!),
          qvel: state.slice(rest.length),
        };
      });
      const qpos = positions.flatMap((each) => Array.from(each.qpos));
      const qvel = positions.flatMap((each) => Array.from(each.qvel));
      expect(Math.max(...qpos.map(Math.abs))).toBeLessThanOrEqual(scale);
      expect(variance(qpos) / (scale * scale)).toBeCloseTo(1 / 3, 1);
      expect(variance(qvel) / (scale * scale)).toBeCloseTo(velocity === "normal" ? 1 : 1 / 3, 0.7);
      env.close();
    },
  );
});

test("goes on after WebAssembly memory grew and moved", async () => {
  const follow = async (steps: number, meanwhile: () => Promise<void>) => {
    const env = await makeMujocoEnv(halfCheetah);
    env.reset({ seed: 1 });
    for (let i = 0; i < steps; i++) {
      await meanwhile();
      env.step([1, -1, 0.5, -0.5, 0.2, -0.2]);
    }
    const state = env.physics();
    env.close();
    return state;
  };
  const undisturbed = await follow(5, async () => {});
  const mujoco = await loadMujoco();
  const model = mujoco.MjModel.from_xml_string("<mujoco><size memory='40M'/></mujoco>");
  const view = model.qpos0.buffer as ArrayBuffer;
  const data: { delete(): void }[] = [];
  const disturbed = await follow(5, async () => void data.push(new mujoco.MjData(model)));
  expect(view.byteLength).toBe(0);
  expect(disturbed).toEqual(undisturbed);
  for (const each of [...data, model]) each.delete();
});

test("gives its memory back: a hundred envs in a row fit into what a few take", async () => {
  for (let i = 0; i < 20; i++) (await makeMujocoEnv(halfCheetah)).close();
  const before = await heapBytes();
  for (let i = 0; i < 100; i++) (await makeMujocoEnv(halfCheetah)).close();
  expect(await heapBytes()).toBe(before);
});

describe("refusals", () => {
  test("of an action or a state of the wrong size", async () => {
    const env = await makeMujocoEnv(halfCheetah);
    env.reset({ seed: 1 });
    expect(() => env.step([1, 2])).toThrow("Expected an action of 6 numbers for HalfCheetah-v5, got 2");
    expect(() => env.setPhysics([1])).toThrow("Expected a state of 18 numbers");
    env.close();
  });

  test("of anything after close, which itself may be repeated", async () => {
    const env = await makeMujocoEnv(halfCheetah);
    env.close();
    env.close();
    for (const use of [() => env.reset(), () => env.step([0, 0, 0, 0, 0, 0]), () => env.drawing()]) {
      expect(use).toThrow("this one was closed");
    }
  });

  test("name the package to install where MuJoCo is missing", async () => {
    const missing = () => import(`${"@mujoco"}/not-installed`);
    await expect(instantiate(missing)).rejects.toMatchObject({
      code: "ENV_MUJOCO_MISSING",
      message: expect.stringContaining("npm install @mujoco/mujoco"),
    });
  });
});

async function restPosition(task: Task): Promise<Float64Array> {
  const env = await makeMujocoEnv({ ...task, resetNoise: { scale: 0, velocity: "uniform" } });
  env.reset();
  const state = env.physics();
  env.close();
  // A free body's rotation is a quaternion: one number more than its angular velocity.
  return state.slice(0, Math.ceil(state.length / 2));
}

async function heapBytes(): Promise<number> {
  const mujoco = await loadMujoco();
  const model = mujoco.MjModel.from_xml_string("<mujoco/>");
  const bytes = model.body_mass.buffer.byteLength;
  model.delete();
  return bytes;
}

function variance(values: readonly number[]): number {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  return values.reduce((sum, x) => sum + (x - mean) * (x - mean), 0) / values.length;
}
