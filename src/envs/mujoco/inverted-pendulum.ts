// InvertedPendulum-v5: a cart on a rail keeps a pole upright; 1 a step until the pole leans more than 0.2 rad.
// https://gymnasium.farama.org/environments/mujoco/inverted_pendulum/

import { ALONG_X, copyInto, noPlace } from "./quantities.ts";
import type { Task } from "./task.ts";

export const invertedPendulum: Task = {
  id: "InvertedPendulum-v5",
  summary: "balance a pole on a cart",
  rewardThreshold: 950,
  model: {
    name: "inverted-pendulum",
    compiler: { angle: "degree", inertiafromgeom: true },
    option: { timestep: 0.02, integrator: "RK4", gravity: [0, 0, -9.81] },
    size: { memory: "4M" },
    defaults: {
      joint: { armature: 0, damping: 1, limited: true },
      geom: { contype: 0, friction: [1, 0.1, 0.1] },
    },
    world: {
      geoms: [{ name: "rail", type: "capsule", size: [0.02, 1], quat: ALONG_X }],
      bodies: [
        {
          name: "cart",
          joints: [{ name: "slider", type: "slide", axis: [1, 0, 0], range: [-1, 1] }],
          geoms: [{ name: "cart", type: "capsule", size: [0.1, 0.1], quat: ALONG_X }],
          bodies: [
            {
              name: "pole",
              joints: [{ name: "hinge", type: "hinge", axis: [0, 1, 0], range: [-90, 90] }],
              geoms: [{ name: "pole", type: "capsule", size: [0.049], fromto: [0, 0, 0, 0.001, 0, 0.6] }],
            },
          ],
        },
      ],
    },
    motors: [{ joint: "slider", gear: 100, ctrlrange: [-3, 3] }],
  },
  frameSkip: 2,
  resetNoise: { scale: 0.01, velocity: "uniform" },
  readsContactForces: false,
  observationSize: 4,
  observe({ state }, out) {
    copyInto(out, copyInto(out, 0, state.qpos), state.qvel);
  },
  place: noPlace,
  resetInfo: () => ({}),
  judge({ state: { qpos, qvel } }) {
    const upright = Math.abs(qpos[1]!) <= 0.2 && qpos.every(Number.isFinite) && qvel.every(Number.isFinite);
    const reward = upright ? 1 : 0;
    return { reward, terminated: !upright, info: { reward_survive: reward } };
  },
};
