// Broken, hostile and foreign sources: the short form of `survive.ts`, which takes ten thousand.

import { expect, test } from "vitest";
import { readSource } from "../../../src/code/index.ts";
import { survive } from "./survive.ts";

test("every broken source gives a report or nothing, in time, and none is run", { timeout: 180_000 }, () => {
  // Other work on the machine is forgiven: it may take twice as long as ten thousand sources may on a quiet one.
  const { broken } = survive(300, 0, 4000);
  expect(broken).toEqual([]);
});

test("ten megabytes are passed over or read in time", () => {
  const line = "alpha_loss = -(log_alpha * (log_prob + target_entropy).detach()).mean()\n";
  const text = line.repeat(Math.ceil(10_000_000 / line.length));
  const start = performance.now();
  expect(() => readSource(text, { path: "sac.py" })).not.toThrow();
  expect(performance.now() - start).toBeLessThan(4000);
});
