// Code and log together, as `tempered doctor sac.py log` gets them: the program's numbers reach the rules on its log.

import { expect, test } from "vitest";
import { sourceReport } from "../../src/cli/source-reports.ts";
import { declaredBy, sourcesAmong } from "../../src/cli/sources.ts";

const path = "test/code/examples/founding-question.py";

test("the founding question's program declares what it states", async () => {
  const { sources, errors } = await sourcesAmong([path, "run.csv"]);
  expect(errors).toEqual([]);
  expect(declaredBy(sources)).toEqual({
    targetEntropy: -4,
    alphaLearningRate: 1e-4,
    initialAlpha: 1,
    lossForm: "alpha",
  });
  expect(declaredBy([...sources, ...sources])).toEqual({});
});

test("what the log shows too is explained once", async () => {
  const { sources } = await sourcesAmong([path]);
  const [report] = sources;
  expect(sourceReport(report!)).toContain("The clamp stands before the step");
  const shown = sourceReport(report!, new Set(["clamp-before-step"]));
  expect(shown).not.toContain("The clamp stands before the step");
  expect(shown).toContain("clamp-before-step, line 36: the cause of what the log below shows.");
});
