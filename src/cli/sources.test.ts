// The doctor given programs: directories, standard input, patches and the reports for other programs.

import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { inProcess } from "./child.fixture.ts";
import { isProgram, sourcesAmong } from "./sources.ts";

const scratch = mkdtempSync(join(tmpdir(), "tempered-sources-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const founding = "test/code/examples/founding-question.py";
const right = "test/code/variants/torch-methods.py";

function folder(name: string): string {
  const path = join(scratch, name);
  mkdirSync(join(path, "agents"), { recursive: true });
  copyFileSync(founding, join(path, "founding.py"));
  copyFileSync(right, join(path, "agents", "right.py"));
  writeFileSync(join(path, "plot.py"), "import matplotlib\nalpha = 0.5\n");
  return path;
}

describe("tempered doctor on source code", () => {
  it("finds the programs of a directory and passes over the rest in silence", async () => {
    const { code, stdout, stderr } = await inProcess(["doctor", folder("found"), "--json"]);
    const { runs, sources } = JSON.parse(stdout);
    expect(runs).toEqual([]);
    expect(sources.map(({ verdict }: { verdict: string }) => verdict)).toEqual(["right", "fault"]);
    const [finding] = sources[1].findings;
    expect(finding).toMatchObject({ id: "clamp-before-step", severity: "error", line: 36 });
    expect(Object.keys(finding)).toEqual(
      expect.arrayContaining(["confidence", "evidence", "message", "fix", "reference"]),
    );
    expect([code, stderr]).toEqual([1, ""]);
  });

  it("tells a program on standard input from a log", async () => {
    const text = readFileSync(founding, "utf8");
    expect(isProgram(text)).toBe(true);
    expect(isProgram("step,alpha,alpha_loss\n1,0.2,-0.3\n")).toBe(false);
    expect(isProgram('{"alpha": 0.2, "loss": 1}\n')).toBe(false);
    expect(isProgram("Alpha: 0.012 alpha_loss: 0.3\n")).toBe(false);
    const { sources, others } = await sourcesAmong(["-"], text);
    expect([sources[0]?.path, sources[0]?.verdict, others]).toEqual(["-", "fault", []]);
    expect((await sourcesAmong(["-"], "step,alpha\n1,2\n")).others).toEqual(["-"]);
  });

  it("reads a fenced block of Markdown", async () => {
    const path = join(scratch, "question.md");
    writeFileSync(path, `Why does α fall?\n\n\`\`\`python\n${readFileSync(founding, "utf8")}\`\`\`\n`);
    const { stdout } = await inProcess(["doctor", path]);
    expect(stdout).toContain("error clamp-before-step, line 39");
  });

  it("prints a patch that git applies, and writes only where asked", async () => {
    const path = folder("mended");
    const file = join(path, "founding.py");
    const before = readFileSync(file, "utf8");
    const { stdout, code } = await inProcess(["doctor", file, "--fix"]);
    expect(code).toBe(1);
    expect(readFileSync(file, "utf8")).toBe(before);
    const patch = stdout.replaceAll(file.replace(/^\/+/, ""), "founding.py");
    execFileSync("git", ["apply", "-"], { cwd: path, input: patch });
    const patched = readFileSync(file, "utf8");
    writeFileSync(file, before);
    await inProcess(["doctor", file, "--fix-in-place"]);
    expect(readFileSync(file, "utf8")).toBe(patched);
    const python = spawnSync("python3", ["-m", "py_compile", file]);
    if (!python.error) expect(python.status).toBe(0);
    const again = await inProcess(["doctor", file]);
    expect([again.code, again.stdout]).toEqual([0, expect.stringContaining(": right")]);
  });

  it("writes SARIF with rules, regions and fixes", async () => {
    const file = join(scratch, "out.sarif");
    await inProcess(["doctor", founding, "--sarif", file]);
    const sarif = JSON.parse(readFileSync(file, "utf8"));
    expect(sarif).toMatchObject({ version: "2.1.0", $schema: expect.stringContaining("sarif-2.1.0") });
    const [run] = sarif.runs;
    expect(Object.keys(run).sort()).toEqual(["artifacts", "columnKind", "results", "tool"]);
    const result = run.results.find(({ level }: { level: string }) => level === "error");
    expect(run.tool.driver.rules[result.ruleIndex]).toMatchObject({
      id: result.ruleId,
      helpUri: expect.stringMatching(/^\w+:/),
    });
    const { physicalLocation } = result.locations[0];
    expect(physicalLocation).toEqual({
      artifactLocation: { uri: founding },
      region: { startLine: 36, endLine: 36 },
    });
    const [{ deletedRegion, insertedContent }] = result.fixes[0].artifactChanges[0].replacements;
    expect(deletedRegion).toEqual({ startLine: 35, startColumn: 1, endLine: 38, endColumn: 1 });
    expect(insertedContent.text.split("\n")).toHaveLength(4);
  });

  it("says it in Markdown and on the page, with nothing of the program unescaped", async () => {
    const file = join(scratch, "a<b>.py");
    copyFileSync(founding, file);
    const page = join(scratch, "report.html");
    const { stdout } = await inProcess(["doctor", file, "--markdown", "--html", page]);
    expect(stdout).toContain("**clamp-before-step** (error), line 36");
    const html = readFileSync(page, "utf8");
    expect(html).toContain("clamp-before-step");
    expect(html).not.toContain("a<b>");
  });
});
