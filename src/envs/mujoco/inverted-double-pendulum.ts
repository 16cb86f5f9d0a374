// InvertedDoublePendulum-v5: a cart on a rail keeps two poles upright, one on the other; 10 a step, less what the tip
// strays from above the rail's middle and what the poles swing, until the tip is at 1 m or lower.
// https://gymnasium.farama.org/environments/mujoco/inverted_double_pendulum/

import { cos, sin } from "../../math/index.ts";
import type { Geom } from "./mjcf.ts";
import { ALONG_X, clip, copyClipped, noPlace } from "./quantities.ts";
import type { Task } from "./task.ts";

const OBSERVED_LIMIT = 10;
const HEALTHY_REWARD = 10;

export const invertedDoublePendulum: Task = {
  id: "InvertedDoublePendulum-v5",
  summary: "balance a pole on a pole on a cart",
  rewardThreshold: 9100,
  model: {
    name: "inverted-double-pendulum",
    compiler: { angle: "degree", inertiafromgeom: true },
    option: { timestep: 0.01, integrator: "RK4", gravity: [1e-5, 0, -9.81] },
    size: { memory: "4M" },
    defaults: {
      joint: { damping: 0.05 },
      geom: { contype: 0, friction: [1, 0.1, 0.1] },
    },
    world: {
      geoms: [
        { name: "floor", type: "plane", size: [40, 40, 40], pos: [0, 0, -3] },
        { name: "rail", type: "capsule", size: [0.02, 1], quat: ALONG_X },
      ],
      bodies: [
        {
          name: "cart",
          joints: [
            { name: "slider", type: "slide", axis: [1, 0, 0], range: [-1, 1], limited: true, margin: 0.01 },
          ],
          geoms: [{ name: "cart", type: "capsule", size: [0.1, 0.1], quat: ALONG_X }],
          bodies: [
            {
              name: "lower",
              joints: [{ name: "lower", type: "hinge", axis: [0, 1, 0] }],
              geoms: [pole("lower")],
              bodies: [
                {
                  name: "upper",
                  pos: [0, 0, 0.6],
                  joints: [{ name: "upper", type: "hinge", axis: [0, 1, 0] }],
                  geoms: [pole("upper")],
                  sites: [{ name: "tip", pos: [0, 0, 0.6], size: [0.01, 0.01] }],
                },
              ],
            },
          ],
        },
      ],
    },
    motors: [{ joint: "slider", gear: 500, ctrlrange: [-1, 1] }],
  },
  frameSkip: 5,
  resetNoise: { scale: 0.1, velocity: "normal" },
  readsContactForces: false,
  observationSize: 9,
  observe({ state: { qpos, qvel, qfrc_constraint } }, out) {
    out[0] = qpos[0]!;
    out[1] = sin(qpos[1]!);
    out[2] = sin(qpos[2]!);
    out[3] = cos(qpos[1]!);
    out[4] = cos(qpos[2]!);
    copyClipped(out, 5, qvel, OBSERVED_LIMIT);
    out[8] = clip(qfrc_constraint[0]!, -OBSERVED_LIMIT, OBSERVED_LIMIT);
  },
  place: noPlace,
  resetInfo: () => ({}),
  judge({ state: { qvel, site_xpos } }) {
    const x = site_xpos[0]!;
    const z = site_xpos[2]!;
    const terminated = z <= 1;
    const distancePenalty = 0.01 * x * x + (z - 2) * (z - 2);
    const velocityPenalty = 1e-3 * qvel[1]! * qvel[1]! + 5e-3 * qvel[2]! * qvel[2]!;
    const survived = terminated ? 0 : HEALTHY_REWARD;
    return {
      reward: survived - distancePenalty - velocityPenalty,
      terminated,
      info: {
        reward_survive: survived,
        distance_penalty: -distancePenalty,
        velocity_penalty: -velocityPenalty,
      },
    };
  },
};

function pole(name: string): Geom {
  return { name, type: "capsule", size: [0.045], fromto: [0, 0, 0, 0, 0, 0.6] };
}
