// The short examples run as they stand, in a process of their own, and print what they promise.

import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const output = (file: string, ...args: string[]) =>
  execFileSync(
    process.execPath,
    ["--import", "tsx", fileURLToPath(new URL(`../examples/${file}`, import.meta.url)), ...args],
    { encoding: "utf8" },
  );

it("train-pendulum.ts trains and evaluates", () => {
  const lines = output("train-pendulum.ts", "300").trim().split("\n");
  expect(lines.at(0)).toMatch(/^step 300 {2}α 0\.9\d+ {2}entropy 0\.\d+ {2}return -\d+$/);
  expect(lines.at(-1)).toMatch(/^mean return of ten deterministic episodes: -\d+$/);
});

it("own-sac-temperature.ts settles where the entropy meets its target", () => {
  const last = output("own-sac-temperature.ts").trim().split("\n").at(-1)!;
  expect(Number(/ g (\S+)$/.exec(last)![1])).toBeCloseTo(0, 1);
});

it("foraging.ts teaches one policy from all bodies of a world", () => {
  const lines = output("foraging.ts", "800").trim().split("\n");
  expect(lines.length).toBe(10);
  expect(lines.at(-1)).toMatch(
    /^step 80\d {2}bodies so far \d+ {2}return -?\d+\.\d {2}α 0\.\d+ {2}entropy \d\.\d+$/,
  );
});
