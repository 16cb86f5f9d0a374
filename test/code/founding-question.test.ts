// The code of the question this project started from: what is right in it, what is not, and what it says of itself.

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readSource } from "../../src/code/index.ts";

const text = readFileSync(new URL("examples/founding-question.py", import.meta.url), "utf8");
const lineOf = (part: string) => text.split("\n").findIndex((line) => line.includes(part)) + 1;

test("its loss is right, its clamp does not hold and its explanation is wrong", () => {
  const report = readSource(text, { path: "founding-question.py" })!;
  expect(report.facts.alphaUpdate).toMatchObject({
    derived: "descends −α·(log π + H̄)",
    derivative: "H − H̄",
    above: "falls",
    below: "rises",
    line: lineOf("alpha_loss ="),
  });
  expect(report.findings.map(({ id, line }) => [id, line])).toEqual([
    ["clamp-before-step", lineOf("clamp_(")],
    ["claim-contradicted", lineOf("below the target")],
  ]);
  expect(report.facts.targetEntropy?.expression).toBe("-action_dim");
  expect(report.facts.alphaLearningRate?.value).toBe(1e-4);
});

test("mended, it has nothing to be said of", () => {
  const mended = text
    .replace("alpha decreases", "alpha increases")
    .replace(
      / {8}with torch\.no_grad\(\):\n +self\.log_alpha\.clamp_\(.*\n( +self\.alpha_optimizer\.step\(\)\n)/,
      "$1        with torch.no_grad():\n            self.log_alpha.clamp_(-10, 2)\n",
    );
  expect(mended).not.toBe(text);
  expect(readSource(mended)).toMatchObject({ verdict: "right", findings: [] });
});

test("a clamp whose result nobody keeps is told", () => {
  const lost = text.replace("self.log_alpha.clamp_(-10, 2)", "torch.clamp(self.log_alpha, -10, 2)");
  expect(readSource(lost)!.findings[0]).toMatchObject({
    id: "clamp-without-effect",
    line: lineOf("clamp_("),
  });
});

test("in a notebook a finding names its cell", () => {
  const cells = [
    { cell_type: "markdown", source: ["# SAC"] },
    { cell_type: "code", source: ["%matplotlib inline\n", "x = 1"] },
    { cell_type: "code", source: text },
  ];
  const report = readSource(JSON.stringify({ cells }), { path: "sac.ipynb" })!;
  expect(report.findings[0]).toMatchObject({
    cell: 3,
    cellLine: lineOf("clamp_("),
    line: lineOf("clamp_(") + 2,
  });
});

test("a Markdown fence keeps the lines of the post", () => {
  const report = readSource(`My α falls.\n\n\`\`\`python\n${text}\`\`\`\n`)!;
  expect(report.findings[0]?.line).toBe(lineOf("clamp_(") + 3);
});
