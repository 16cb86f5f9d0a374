// Hopper-v5: one leg that hops. Healthy while higher than 0.7 m, leaning less than 0.2 rad, and with every other
// position and velocity within ±100.
// https://gymnasium.farama.org/environments/mujoco/hopper/

import type { PhysicsState } from "./mujoco-module.ts";
import { planarWalker } from "./planar-walker.ts";

export const hopper = planarWalker({
  id: "Hopper-v5",
  summary: "hop forward on one leg",
  rewardThreshold: 3800,
  name: "hopper",
  defaults: {
    joint: { armature: 1, damping: 1, limited: true },
    geom: {
      contype: 1,
      conaffinity: 1,
      condim: 1,
      margin: 0.001,
      solimp: [0.8, 0.8, 0.01],
      solref: [0.02, 1],
    },
  },
  floor: { size: [20, 20, 0.125] },
  legs: [""],
  foot: { reach: 0.13, middle: 0.065, radius: 0.06, halfLength: 0.195, friction: 2 },
  gear: 200,
  isHealthy: ({ state }) => state.qpos[1]! > 0.7 && Math.abs(state.qpos[2]!) < 0.2 && isTame(state),
});

/** Whether all but the root's x and z are within ±100; NaN is not. */
function isTame({ qpos, qvel }: PhysicsState): boolean {
  for (let i = 2; i < qpos.length; i++) if (!(Math.abs(qpos[i]!) < 100)) return false;
  for (let i = 0; i < qvel.length; i++) if (!(Math.abs(qvel[i]!) < 100)) return false;
  return true;
}
