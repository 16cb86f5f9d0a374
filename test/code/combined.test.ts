// Code and log together, as `tempered doctor sac.py log` gets them: the program's numbers reach the rules on its log.

import { expect, test } from "vitest";
import { inProcess } from "../../src/cli/child.fixture.ts";
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

/** A program, a log, what is said of the log alone, and what the program's own numbers make of it. */
const together: readonly [code: string, log: string, alone: string, verdict: string, first: string][] = [
  ["founding-question.py", "founding-question.txt", "inconclusive", "fault", "alpha-faster-than-declared"],
  ["lower-bound.py", "bound-from-the-start-own.csv", "healthy", "fault", "alpha-at-bound"],
  ["high-target.py", "target-0.995-logn-cartpole-sb3.csv", "suspect", "suspect", "target-too-high"],
];

test.each(together)("%s tells what %s means", async (code, log, alone, verdict, first) => {
  const judged = async (...paths: readonly string[]) => {
    const { runs } = JSON.parse((await inProcess(["doctor", ...paths, "--json"])).stdout);
    return runs[0];
  };
  const file = `test/fixtures/doctor/${log}`;
  expect((await judged(file)).verdict).toBe(alone);
  const run = await judged(`test/code/examples/${code}`, file);
  expect([run.verdict, run.findings[0].id]).toEqual([verdict, first]);
});
