// A few hundred of the broken logs of test/fuzz/readers.ts, which reads ten thousand.

import { expect, it } from "vitest";
import { checkCase } from "../../../test/fuzz/check.ts";
import { fuzzCase } from "../../../test/fuzz/mutate.ts";

it("broken logs give a series or an error of one line", async () => {
  const outcomes = { series: 0, error: 0 };
  for (let index = 0; index < 400; index++) outcomes[await checkCase(fuzzCase(index))]++;
  expect(outcomes.series).toBeGreaterThan(100);
  expect(outcomes.error).toBeGreaterThan(20);
});
