// Boards are drawn as text: row 5 on top, H the head, S the rest of the snake, F food.

import { describe, expect, it } from "vitest";
import { RandomStream } from "../random/index.ts";
import { checkEnv } from "./check/check-env.ts";
import { Snake } from "./snake.ts";
import { contains, sample } from "./spaces.ts";

const [ON, LEFT, RIGHT, UP, DOWN] = [0, 1, 2, 3, 4];

/** A snake whose fields are given from head to tail as [column, row]; its heading is how the head left the second one. */
function snake(body: readonly (readonly [number, number])[], food: readonly [number, number]): Snake {
  const env = new Snake();
  env.reset({ seed: 1 });
  const [[x, y], [x1, y1]] = body as [readonly [number, number], readonly [number, number]];
  const fields = new Uint8Array(36);
  fields.set(body.map(([column, row]) => column + 6 * row));
  env.restore({
    ...env.state(),
    body: fields,
    length: body.length,
    heading: x !== x1 ? (x > x1 ? 1 : 0) : y > y1 ? 2 : 3,
    food: food[0] + 6 * food[1],
  });
  return env;
}

/** What an observation shows. */
function board(observation: ArrayLike<number>): string {
  const rows = Array.from({ length: 6 }, (_, row) =>
    Array.from({ length: 6 }, (_, column) => {
      const field = column + 6 * row;
      if (observation[36 + field] === 1) return "H";
      return observation[field]! > 0 ? "S" : observation[72 + field] === 1 ? "F" : ".";
    }).join(""),
  );
  return rows.reverse().join(" ");
}

const straight = [
  [2, 2],
  [1, 2],
  [0, 2],
] as const;

describe("Snake", () => {
  it.each([
    [[ON], "...... ...... ...... .SSH.. ...... F....."],
    [[RIGHT], "...... ...... ...... .SSH.. ...... F....."],
    [[LEFT], "...... ...... ...... .SSH.. ...... F....."],
    [[UP], "...... ...... ..H... .SS... ...... F....."],
    [[DOWN], "...... ...... ...... .SS... ..H... F....."],
    [[UP, DOWN], "...... ..H... ..S... ..S... ...... F....."],
    [[UP, LEFT, DOWN], "...... ...... .SS... .H.... ...... F....."],
  ])("moves on, turns left and right, and cannot turn back: %j", (actions, expected) => {
    const env = snake(straight, [0, 0]);
    let result = env.step([actions[0]!]);
    for (const action of actions.slice(1)) result = env.step([action]);
    expect(board(result.observation)).toBe(expected);
    expect(result).toMatchObject({ reward: 0, terminated: false, truncated: false, info: { length: 3 } });
  });

  it("grows by a meal, which is worth 1, and another lies on a free field", () => {
    const env = snake(straight, [3, 2]);
    const { observation, reward, info } = env.step([ON]);
    expect([reward, info]).toEqual([1, { length: 4 }]);
    expect(board(observation)).toMatch(/ SSSH\.\. /);
    expect(board(observation).match(/F/g)).toHaveLength(1);
    // Its tail is the next to be left, its head the last.
    expect(Array.from(observation.subarray(12, 16))).toEqual([1, 2, 3, 4].map((k) => Math.fround(k / 36)));
  });

  it("ends at a wall and at itself, for nothing", () => {
    for (const [body, action] of [
      [
        [
          [5, 2],
          [4, 2],
          [3, 2],
        ],
        ON,
      ],
      [
        [
          [0, 0],
          [0, 1],
          [0, 2],
        ],
        LEFT,
      ],
      [
        [
          [1, 1],
          [2, 1],
          [2, 2],
          [1, 2],
          [0, 2],
        ],
        UP,
      ],
    ] as const) {
      const env = snake(body, [5, 5]);
      expect(env.step([action])).toMatchObject({ reward: 0, terminated: true });
      expect(() => env.step([ON])).toThrow(
        "Expected a running episode of tempered/Snake-v0; call reset() first",
      );
    }
  });

  it("may go where its tail is leaving, unless it grows", () => {
    const ring = [
      [1, 1],
      [2, 1],
      [2, 2],
      [1, 2],
    ] as const;
    expect(snake(ring, [5, 5]).step([UP])).toMatchObject({ terminated: false });
  });

  it("is done when it fills the board", () => {
    // Row by row from the lower left, back and forth: the last free field is the upper left one.
    const path = Array.from({ length: 36 }, (_, i) => {
      const row = Math.floor(i / 6);
      return [row % 2 === 0 ? i % 6 : 5 - (i % 6), row] as const;
    });
    const result = snake(path.slice(0, 35).reverse(), path[35]!).step([ON]);
    expect(result).toMatchObject({ reward: 1, terminated: true, info: { length: 36 } });
  });

  it("has three actions that matter at any time: the two that it is heading along do what going on does", () => {
    const random = new RandomStream(3, "play");
    const env = new Snake();
    env.reset({ seed: 3 });
    for (let i = 0; i < 300; i++) {
      const before = env.state();
      const after = [ON, LEFT, RIGHT, UP, DOWN].map((action) => {
        env.restore(before);
        env.step([action!]);
        return JSON.stringify(env.state());
      });
      expect(new Set(after).size).toBe(3);
      expect(after.filter((state) => state === after[ON!])).toHaveLength(3);
      env.restore(before);
      if (env.step(sample(env.actionSpace, random)).terminated) env.reset();
    }
  });

  it("starts anywhere, straight, with room ahead and food elsewhere", () => {
    const env = new Snake();
    env.reset({ seed: 1 });
    const starts = new Set<string>();
    for (let i = 0; i < 2000; i++) {
      const { observation } = env.reset();
      expect(contains(env.observationSpace, observation)).toBe(true);
      const shown = board(observation);
      expect([shown.match(/S/g)!.length, shown.match(/F/g)!.length]).toEqual([2, 1]);
      starts.add(shown.replace("F", "."));
      expect(env.step([ON])).toMatchObject({ terminated: false });
      expect(env.step([ON])).toMatchObject({ terminated: false });
    }
    // 4 headings, 2 places along and 6 across.
    expect(starts.size).toBe(48);
  });

  it("passes the checker", async () => {
    expect(await checkEnv(new Snake(), { steps: 5000 })).toEqual([]);
  });

  it("names its observations", () => {
    const { observationNames: names } = new Snake();
    expect([names.length, names[7], names[36], names[72], names[111]]).toEqual([
      112,
      "snake[1,1]",
      "head[0,0]",
      "food[0,0]",
      "heading=4",
    ]);
  });
});
