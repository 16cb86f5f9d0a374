// The reader against right SAC programs in many styles, and against every fault that can be put into them. The bars are
// what it reaches; they only rise. The held-out half holds styles that it was not developed with.

import { expect, test } from "vitest";
import { development } from "./development.ts";
import { heldOut } from "./held-out.ts";
import { measure, type Share } from "./measure.ts";

const share = ({ good, of }: Share) => good / of;

test("at least forty right programs, and no style in both halves", () => {
  expect(development.length + heldOut.length).toBeGreaterThanOrEqual(40);
  const styles = [...development, ...heldOut].map(({ style }) => style);
  expect(new Set(styles).size).toBe(styles.length);
});

test.each([
  { half: "development" as const, variants: development, right: 1, found: 0.93, second: 0.01, facts: 0.98 },
  { half: "held-out" as const, variants: heldOut, right: 0.84, found: 0.81, second: 0.12, facts: 0.89 },
])(
  "$half programs: silent on the right ones, and the faults are found",
  ({ half, variants, ...bars }) => {
    const { silent, found, second, facts } = measure(half, variants);
    expect(share(silent)).toBeGreaterThanOrEqual(bars.right);
    expect(share(found)).toBeGreaterThanOrEqual(bars.found);
    expect(share(second)).toBeLessThanOrEqual(bars.second);
    expect(share(facts)).toBeGreaterThanOrEqual(bars.facts);
  },
  300_000,
);
