// Humanoid-v5: a person-like body that is paid for forward speed and for staying up, between 1 and 2 m high; it pays
// for effort and for being hit. https://gymnasium.farama.org/environments/mujoco/humanoid/

import { humanoidModel } from "./humanoid-model.ts";
import { copyInto, freeBodyInfo, sumOfSquares } from "./quantities.ts";
import type { Simulation } from "./simulation.ts";
import type { Task } from "./task.ts";

const BODIES = 13;
const FORWARD_REWARD = 1.25;
const HEALTHY_REWARD = 5;
const CONTROL_COST = 0.1;
const CONTACT_COST = 5e-7;
const HIGHEST_CONTACT_COST = 10;
/** Degrees of freedom of the root, which no motor drives. */
const ROOT = 6;

export const humanoid: Task = {
  id: "Humanoid-v5",
  summary: "walk forward on two legs without falling",
  model: humanoidModel,
  frameSkip: 5,
  resetNoise: { scale: 1e-2, velocity: "uniform" },
  readsContactForces: true,
  observationSize: 22 + 23 + 10 * BODIES + 6 * BODIES + 17 + 6 * BODIES,
  farGeoms: [9, 10, 11, 15, 16, 17],
  observe({ state: { qpos, qvel, cinert, cvel, qfrc_actuator, cfrc_ext } }, out) {
    let at = copyInto(out, 0, qpos, 2);
    at = copyInto(out, at, qvel);
    // The world is body 0: its rows are left out.
    at = copyInto(out, at, cinert, 10);
    at = copyInto(out, at, cvel, 6);
    at = copyInto(out, at, qfrc_actuator, ROOT);
    copyInto(out, at, cfrc_ext, 6);
  },
  place: centreOfMass,
  resetInfo,
  judge(simulation, { xVelocity, yVelocity }) {
    const { qpos, ctrl, cfrc_ext } = simulation.state;
    const healthy = qpos[2]! > 1 && qpos[2]! < 2;
    const healthyReward = healthy ? HEALTHY_REWARD : 0;
    const forwardReward = FORWARD_REWARD * xVelocity;
    const controlCost = CONTROL_COST * sumOfSquares(ctrl);
    const contactCost = Math.min(CONTACT_COST * sumOfSquares(cfrc_ext), HIGHEST_CONTACT_COST);
    return {
      reward: forwardReward + healthyReward - (controlCost + contactCost),
      terminated: !healthy,
      info: {
        ...resetInfo(simulation),
        x_velocity: xVelocity,
        y_velocity: yVelocity,
        reward_survive: healthyReward,
        reward_forward: forwardReward,
        reward_ctrl: -controlCost,
        reward_contact: -contactCost,
      },
    };
  },
};

function resetInfo(simulation: Simulation) {
  const { ten_length, ten_velocity } = simulation.state;
  return {
    ...freeBodyInfo(simulation),
    tendon_length: ten_length.slice(),
    tendon_velocity: ten_velocity.slice(),
  };
}

function centreOfMass({ state: { xipos }, bodyMass }: Simulation, out: Float64Array): void {
  let mass = 0;
  let x = 0;
  let y = 0;
  for (let body = 0; body < bodyMass.length; body++) {
    mass += bodyMass[body]!;
    x += bodyMass[body]! * xipos[3 * body]!;
    y += bodyMass[body]! * xipos[3 * body + 1]!;
  }
  out[0] = x / mass;
  out[1] = y / mass;
}
