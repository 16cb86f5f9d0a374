// An environment of your own is one file like this one. Train on it with
//
//   tempered train ./examples/my-env.js
//
// The task: a thermostat. A room loses heat to a cold night and gains it from a heater; keep it at 21 °C.
// To make yours, change four things: the spaces, reset, step, and the reward.

const OUTSIDE = 5; // °C
const WANTED = 21; // °C

/** Training cuts episodes after this many steps. Leave it out if your env ends its own episodes. */
export const maxEpisodeSteps = 100;

/**
 * Called once for each copy of the env that training needs (one to learn, one to evaluate). Its argument holds what an
 * env is built from, so there is nothing to import.
 */
export default function makeThermostat({ box, RandomStream }) {
  let random = new RandomStream(0, "thermostat");
  let temperature = WANTED;
  // The agent reads the observation before the next call, so one array can serve for all steps.
  const observation = new Float32Array(1);

  function observe() {
    observation[0] = temperature - WANTED;
    return observation;
  }

  return {
    id: "thermostat",

    // What the agent sees: one number, degrees above the wanted temperature. Every observation must lie in here;
    // write -Infinity and Infinity where there is no bound.
    observationSpace: box([-40], [40]),

    // What the agent does: one number, the heater from off (0) to full (1). Bounds of actions must be finite.
    actionSpace: box([0], [1]),

    // Begins an episode. All chance must come from a stream that `seed` restarts, never from Math.random, so that a run can be repeated.
    reset({ seed } = {}) {
      if (seed !== undefined) random = new RandomStream(seed, "thermostat");
      temperature = random.uniformBetween(10, 30);
      return { observation: observe(), info: {} };
    },

    // Takes one step. `action` has as many numbers as the action space, in its units.
    step(action) {
      const heater = Math.min(Math.max(action[0], 0), 1);
      temperature += 2 * heater - 0.05 * (temperature - OUTSIDE);
      const error = temperature - WANTED;
      return {
        observation: observe(),
        // Larger is better. Rewards of size 1 or so suit the default settings.
        reward: -Math.abs(error) / 10,
        // true if the task itself has ended, well or badly: nothing comes after it.
        terminated: false,
        // true if only the watching has ended (a time limit). maxEpisodeSteps above does it here.
        truncated: false,
        info: {},
      };
    },
  };
}
