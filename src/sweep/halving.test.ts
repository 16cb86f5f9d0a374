// Who goes on and who is stopped, by hand.

import { describe, expect, it } from "vitest";
import { decide, type Halving, type Standing, scoresAt } from "./halving.ts";
import { planOf } from "./plan.ts";
import { readStudy } from "./study.ts";

const plan = (text: string) =>
  planOf(readStudy(`name = "x"\nenv = "Pendulum-v1"\nsteps = 1000\nseeds = 2\n${text}`, "study.toml"));
const four = plan("[grid]\ngamma = [0.9, 0.95, 0.98, 0.99]\n[halving]\nkeep = 0.5\nrungs = [200, 500]");
const halving = four.halving as Halving;

/** @param scores by setting and seed; a missing one is a rung that was not reached */
function decisions(scores: Readonly<Record<string, readonly (readonly number[])[]>>, over: string[] = []) {
  const standings = new Map(
    four.runs.map(({ id, setting, seed }): [string, Standing] => [
      id,
      { scores: scores[setting.slice(6)]![seed - 1]!, isOver: over.includes(`${setting.slice(6)}/${seed}`) },
    ]),
  );
  const found = decide(four.runs, halving, standings);
  return four.runs.map(({ id, setting, seed }) => {
    const decision = found.get(id)!;
    const what =
      decision.kind === "go"
        ? `to ${decision.until ?? "the end"}`
        : decision.kind === "stop"
          ? `stopped at ${decision.rung}: ${decision.score} below ${decision.needed}`
          : "waits";
    return `${setting.slice(6)}/${seed} ${what}`;
  });
}

describe("halving", () => {
  it("judges nobody before everybody is at the rung", () => {
    expect(decisions({ 0.9: [[-5], [-7]], 0.95: [[-9], []], 0.98: [[], []], 0.99: [[-1], [-2]] })).toEqual([
      ...["0.9/1 waits", "0.9/2 waits", "0.95/1 waits", "0.95/2 to 200"],
      ...["0.98/1 to 200", "0.98/2 to 200", "0.99/1 waits", "0.99/2 waits"],
    ]);
  });

  it("keeps the half whose seeds do better together, and the better of these at the next rung", () => {
    const first = { 0.9: [[-5], [-7]], 0.95: [[-9], [-1]], 0.98: [[-4], [-9]], 0.99: [[-1], [-2]] };
    // Means −6, −5, −6.5, −1.5.
    expect(decisions(first)).toEqual([
      ...["0.9/1 stopped at 0: -6 below -5", "0.9/2 stopped at 0: -6 below -5"],
      ...["0.95/1 to 500", "0.95/2 to 500"],
      ...["0.98/1 stopped at 0: -6.5 below -5", "0.98/2 stopped at 0: -6.5 below -5"],
      ...["0.99/1 to 500", "0.99/2 to 500"],
    ]);
    const second = decisions({
      ...first,
      0.95: [
        [-9, -1],
        [-1, -1],
      ],
      0.99: [
        [-1, -3],
        [-2, -3],
      ],
    });
    expect(second[2]).toBe("0.95/1 to the end");
    expect(second[6]).toBe("0.99/1 stopped at 1: -3 below -1");
  });

  it("keeps the first of equal ones, and puts failed runs last", () => {
    const same = { 0.9: [[-5], [-5]], 0.95: [[-5], [-5]], 0.98: [[-5], [-5]], 0.99: [[0], []] };
    expect(decisions(same, ["0.99/2"])).toEqual([
      ...["0.9/1 to 500", "0.9/2 to 500", "0.95/1 to 500", "0.95/2 to 500"],
      ...["0.98/1 stopped at 0: -5 below -5", "0.98/2 stopped at 0: -5 below -5"],
      ...["0.99/1 stopped at 0: -Infinity below -5", "0.99/2 stopped at 0: -Infinity below -5"],
    ]);
  });

  it("of settings with many seeds forgets the best and the worst quarter", () => {
    const { runs, halving } = plan(
      '[halving]\nrungs = [100]\n[[list]]\nname = "a"\ngamma = 0.9\n[[list]]\nname = "b"\ngamma = 0.8',
    );
    // With two seeds nothing is left out: a has −50.5, b has −3.
    const scores = { a: [-100, -1], b: [-3, -3] } as const;
    const standings = new Map(
      runs.map(({ id, setting, seed }) => [
        id,
        { isOver: false, scores: [scores[setting as "a" | "b"][seed - 1]!] },
      ]),
    );
    expect(decide(runs, halving!, standings).get(runs[0]!.id)).toMatchObject({ kind: "stop", score: -50.5 });
  });

  it("cannot judge what has no return yet", () => {
    const none = [[Number.NaN], [Number.NaN]];
    expect(() => decisions({ 0.9: none, 0.95: none, 0.98: none, 0.99: none })).toThrow(
      /returns at the rung of 200 steps, but no run of Pendulum-v1 .* put the rung later/,
    );
  });
});

describe("scores at rungs", () => {
  const row = (step: number, trained?: number, evaluated?: number) => ({
    "time/total_timesteps": step,
    ...(trained !== undefined && { "rollout/ep_rew_mean": trained }),
    ...(evaluated !== undefined && { "eval/mean_reward": evaluated }),
  });

  it("are of the row at which a run waits, evaluations before training", () => {
    const rows = [row(100), row(250, -9), row(300, -8), row(600, -7, -2), row(900, -1)];
    expect(scoresAt(rows, [50, 200, 300, 601, 1000])).toEqual([Number.NaN, -9, -8, -2]);
  });
});

describe("a table [halving]", () => {
  it("spaces a number of rungs so that each costs about the same", () => {
    expect(plan("[halving]\nkeep = 0.5\nrungs = 3").halving).toEqual({ keep: 0.5, rungs: [125, 250, 500] });
    expect(plan("[halving]").halving).toEqual({ keep: 0.5, rungs: [250, 500] });
    expect(plan("").halving).toBeUndefined();
  });

  it.each([
    ["[halving]\nkep = 0.5", /study\.toml, line 6: there is no "kep" in \[halving\]; did you mean keep\?/],
    ["[halving]\nkeep = 1", /line 6: keep: expected the share .* below 1, got 1/],
    ["[halving]\nrungs = [500, 200]", /line 6: rungs: expected .* rising .* below steps = 1000/],
    ["[halving]\nrungs = [1000]", /line 6: rungs: expected/],
    ["[halving]\nrungs = 0", /line 6: rungs: expected/],
    ["halving = 3", /line 5: halving: expected a table/],
    ['stopWhenBroken = "yes"', /line 5: stopWhenBroken: expected true or false/],
  ])("%s is refused", (text, said) => {
    expect(() => plan(text)).toThrow(said);
  });
});
