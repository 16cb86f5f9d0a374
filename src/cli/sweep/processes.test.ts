// How many trainings fit, by hand.

import { expect, it } from "vitest";
import { defaultProcesses } from "./processes.ts";

it.each([
  ["a core each", 1, { cores: 8, memory: 64e9 }, 8],
  ["cores for all threads of a run", 3, { cores: 8, memory: 64e9 }, 2],
  ["no more than memory allows: 0.8 · 2 GB are three of 500 MB", 1, { cores: 8, memory: 2e9 }, 3],
  ["one where there is hardly any", 4, { cores: 2, memory: 1e8 }, 1],
])("%s", (_, threads, machine, processes) => {
  expect(defaultProcesses(threads, machine)).toBe(processes);
});
