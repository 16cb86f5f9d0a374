import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { simulate } from "../../../test/faults/simulate.ts";
import { diagnose } from "../diagnose.ts";
import { escapeHtml, escapeJson, escapeMarkdown, escapeTerminal } from "./escape.ts";
import { evidenceWords } from "./evidence-words.ts";
import { htmlReport, jsonReport, markdownReport, terminalReport } from "./index.ts";
import { referenceParts } from "./references.ts";
import { sparkline, underline } from "./sparkline.ts";

const hostile = `</script><img src=x onerror="alert(1)">\u001b[2J\u202e[x](javascript:y)|\`@someone`;
const named = (name: string) => ({
  ...simulate({ sign: -1, style: "sb3" }),
  path: name,
  framework: name,
  notes: [name],
});
const faulty = diagnose(simulate({ sign: -1, style: "sb3" }));

describe("terminal report", () => {
  it("fits 80 columns and 24 lines, whatever was found", () => {
    const settings = [
      {},
      { sign: -1 },
      { targetEntropy: -30 },
      { alphaMin: 0.5 },
      { learningRate: 0.03 },
    ] as const;
    for (const setting of settings) {
      for (const style of ["entropy", "sb3", "cleanrl"] as const) {
        const lines = terminalReport(diagnose(simulate({ ...setting, style }))).split("\n");
        expect(lines.length).toBeLessThanOrEqual(24);
        expect(Math.max(...lines.map((line) => [...line].length))).toBeLessThanOrEqual(80);
      }
    }
  });

  it("says verdict, cause, numbers, fix and where it was seen", () => {
    const text = terminalReport(faulty);
    expect(text).toMatch(/^FAULT · sign-inverted/m);
    expect(text).toContain("self.log_ent_coef");
    expect(text).toContain("━━━");
    expect(text).toContain("softlearning #163");
  });

  it("lets nothing of the log move the cursor", () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they must not be there
    expect(terminalReport(diagnose(named(hostile)))).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
  });
});

describe("JSON report", () => {
  it("has the published shape", () => {
    const { runs } = jsonReport([faulty]);
    expect(runs[0]).toMatchObject({
      path: "simulated",
      format: "csv",
      framework: "Stable-Baselines3",
      verdict: "fault",
    });
    const [finding] = runs[0]!.findings;
    expect(Object.keys(finding!).sort()).toEqual(
      ["confidence", "evidence", "fix", "id", "message", "reference", "severity", "steps"].sort(),
    );
    expect(JSON.parse(JSON.stringify(runs))).toEqual(runs);
  });
});

describe("HTML report", () => {
  it("fetches nothing and lets nothing of the log out of its place", () => {
    const page = htmlReport([diagnose(named(hostile))]);
    expect(page).not.toContain("<img");
    expect(page.match(/<\/script>/g)).toHaveLength(2);
    // Links are all there is of other addresses, and they lead to threads about the fault.
    const links = page.match(/<a href="[^"]*"/g) ?? [];
    expect(links).toEqual(
      [
        '<a href="https://github.com/rail-berkeley/softlearning/issues/163"',
        '<a href="https://github.com/AI4Finance-Foundation/ElegantRL/issues/10"',
        expect.stringMatching(/^<a href="https:\/\/github\.com\//),
      ].slice(0, links.length),
    );
    expect(links.length).toBeGreaterThan(1);
    expect(page.replaceAll(/<a href="[^"]*"/g, "")).not.toMatch(/(src|href)\s*=\s*["']?(https?:)?\/\//);
    expect(page).toContain("default-src 'none'");
  });

  it("carries the figures: α, what the fix would have done, the gap, the slope", () => {
    const page = htmlReport([faulty]);
    expect(page).toContain("with the suggested setting");
    expect(page.match(/<canvas /g)).toHaveLength(3);
  });
});

describe("Markdown report", () => {
  it("keeps the log's text from being Markdown", () => {
    const text = markdownReport([diagnose(named(hostile))]);
    expect(text).not.toMatch(/(?<!\\)</);
    expect(text).not.toContain("[x](javascript:y)");
  });
});

describe("escapes", () => {
  it("hold for any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(escapeHtml(text)).not.toMatch(/[<>"']/);
        expect(escapeJson([text])).not.toMatch(/[<>\u2028]/);
        expect(JSON.parse(escapeJson([text]))).toEqual([text]);
        expect(escapeTerminal(text)).not.toContain("\u001b");
        expect(escapeMarkdown(text)).not.toContain("\n");
      }),
    );
  });
});

it("draws a curve in one line and marks a range under it", () => {
  expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7], 8)).toBe("▁▂▃▄▅▆▇█");
  expect(sparkline([1, Number.NaN, 1], 10)).toBe("▅ ▅");
  expect(underline(8, 8, 2, 4)).toBe("  ━━━");
});

it("what was seen before becomes links, and stays the text it was", () => {
  const text = "rlkit #50 and #75, pranz24/pytorch-soft-actor-critic #34, strands #2024; docs/temperature.md";
  const parts = referenceParts(text);
  expect(parts.map((part) => part.text).join("")).toBe(text);
  expect(parts.flatMap(({ text: name, href }) => (href ? [[name, href]] : []))).toEqual([
    ["rlkit #50", "https://github.com/rail-berkeley/rlkit/issues/50"],
    ["#75", "https://github.com/rail-berkeley/rlkit/issues/75"],
    [
      "pranz24/pytorch-soft-actor-critic #34",
      "https://github.com/pranz24/pytorch-soft-actor-critic/issues/34",
    ],
  ]);
});

it("evidence is told in words", () => {
  expect(evidenceWords({ identitySign: -1, efolds: 9.3219 })).toEqual([
    { label: "slope of the implied gap over the entropy (+1 is right)", text: "−1" },
    { label: "e-folds moved", text: "9.32" },
  ]);
  expect(htmlReport([faulty])).not.toContain("identitySign");
});
