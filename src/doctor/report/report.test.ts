import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { simulate } from "../../../test/faults/simulate.ts";
import { diagnose } from "../diagnose.ts";
import { escapeHtml, escapeJson, escapeMarkdown, escapeTerminal } from "./escape.ts";
import { htmlReport, jsonReport, markdownReport, terminalReport } from "./index.ts";
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
    expect(page).not.toMatch(/(src|href)\s*=\s*["']?(https?:)?\/\//);
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
