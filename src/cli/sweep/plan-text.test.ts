// Times as they are said before a study begins.

import { expect, it } from "vitest";
import { roughly } from "./plan-text.ts";

it.each([
  [0.2, "1 s"],
  [33.4, "33 s"],
  [90, "2 min"],
  [5370, "1 h 30 min"],
  [5340, "89 min"],
  [35_940, "9 h 59 min"],
  [36_000, "10 h"],
  [4_000_000, "1,111 h"],
])("%f seconds are %s", (seconds, said) => {
  expect(roughly(seconds)).toBe(said);
});
