import { describe, expect, it } from "vitest";
import { Echo, LateEcho } from "./echo.fixture.ts";
import { Timeout } from "./timeout.ts";

describe("Timeout", () => {
  const never = () => new Promise<never>(() => {});

  it.each([
    ["reset", "a reset"],
    ["step", "a step"],
    ["close", "the end"],
  ] as const)("gives up on a promise of %s that is not kept", async (call, what) => {
    const env = new Timeout(Object.assign(new Echo(), { [call]: never }), 0.05);
    await expect((async () => (call === "step" ? env.step([0, 0]) : env[call]()))()).rejects.toMatchObject({
      code: "ENV_TIMEOUT",
      message: expect.stringContaining(`Expected ${what} of echo to end within 0.05 s`),
    });
  });

  it("leaves kept promises, broken ones and answers at once alone", async () => {
    const env = new Timeout(new LateEcho(), 5);
    expect((await env.step([1, 0])).observation).toEqual(Float64Array.of(1, 0));
    expect(new Timeout(new Echo(), 5).step([1, 0])).toMatchObject({ reward: 2 });
    const broken = new Timeout(Object.assign(new LateEcho(), { step: () => Promise.reject(7) }), 5);
    await expect(broken.step([0, 0])).rejects.toBe(7);
    expect(() => new Timeout(new Echo(), 0)).toThrow("Expected a time-out above 0 seconds, got 0");
  });
});
