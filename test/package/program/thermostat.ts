// An environment of one's own, as the guide has it, in somebody's project: a room in a cold night, and its heater.

import { box, type Env, RandomStream, TimeLimit } from "tempered/envs";

const OUTSIDE = 5; // °C
const WANTED = 21; // °C

export function makeThermostat(): Env {
  let random = new RandomStream(0, "thermostat");
  let temperature = WANTED;
  const observe = () => Float32Array.of(temperature - WANTED);
  const room: Env = {
    id: "thermostat",
    observationSpace: box([-40], [40]),
    actionSpace: box([0], [1]),
    reset({ seed } = {}) {
      if (seed !== undefined) random = new RandomStream(seed, "thermostat");
      temperature = random.uniformBetween(10, 30);
      return { observation: observe(), info: {} };
    },
    step(action) {
      const heater = Math.min(Math.max(action[0] ?? 0, 0), 1);
      temperature += 2 * heater - 0.05 * (temperature - OUTSIDE);
      const reward = -Math.abs(temperature - WANTED) / 10;
      return { observation: observe(), reward, terminated: false, truncated: false, info: {} };
    },
  };
  return new TimeLimit(room, 100);
}
