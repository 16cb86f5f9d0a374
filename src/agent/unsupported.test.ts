import { describe, expect, it } from "vitest";
import { SAC } from "./sac.ts";
import { unsupported } from "./unsupported.ts";

describe("what there is not is told by name, with what to do", () => {
  it.each([
    ["her", "hindsight replay (HER): put the goal into the observation"],
    ["HerReplayBuffer", "hindsight replay (HER)"],
    ["n_sampled_goal", "hindsight replay (HER)"],
    ["prioritized_replay", "prioritised replay, all transitions are drawn alike: more gradientSteps"],
    ["PrioritizedReplayBuffer", "prioritised replay"],
    ["per-alpha", "prioritised replay"],
    ["CnnPolicy", "no convolutions for images: give the agent an image's features"],
    ["policy_kwargs.features_extractor_class", "no convolutions for images"],
    ["use_sde", "state-dependent exploration"],
  ])("%s", (name, words) => {
    expect(unsupported(name)).toContain(words);
  });

  it.each(["gamma", "hyper", "period", "learning_rate", "other", "percent"])("but not %s", (name) => {
    expect(unsupported(name)).toBeUndefined();
  });

  it("in a program too", async () => {
    const options = { prioritizedReplay: true } as object;
    await expect(SAC.create("Pendulum-v1", options)).rejects.toThrow(
      'got "prioritizedReplay"; there is no prioritised replay',
    );
  });
});
