import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cli, inProcess } from "../child.fixture.ts";

const scratch = mkdtempSync(join(tmpdir(), "tempered-commands-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe("tempered", () => {
  it("lists its commands, and each command's flags", async () => {
    const [all, train] = await Promise.all([inProcess(["--help"]), inProcess(["train", "--help"])]);
    expect([all.code, train.code]).toEqual([0, 0]);
    for (const name of ["train", "eval", "envs", "bench"])
      expect(all.stdout).toMatch(new RegExp(`^  ${name} +\\S`, "m"));
    expect(train.stdout).toMatch(/--alpha-learning-rate X +Adam's learning rate for log α/);
    expect(train.stdout).toContain("Examples\n  tempered train Pendulum-v1\n");
    for (const line of train.stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
  });

  it("suggests the command that was meant", async () => {
    const { code, stderr } = await inProcess(["trian"]);
    expect(stderr).toContain('there is no command "trian"; did you mean `train`?');
    expect(code).toBe(2);
  });
});

describe("tempered envs", () => {
  it("lists ids, tasks and spaces", async () => {
    const [text, json] = await Promise.all([inProcess(["envs"]), cli(["envs", "--json"], scratch)]);
    expect(text.stdout).toMatch(
      /^Pendulum-v1 {2}swing a pendulum up and balance it\n {2}observation 3 .*action 1 in \[-2, 2\]$/m,
    );
    const pendulum = JSON.parse(json.stdout).find(({ id }: { id: string }) => id === "Pendulum-v1");
    expect(pendulum).toMatchObject({
      maxEpisodeSteps: 200,
      observationSpace: { kind: "box", shape: [3], high: [1, 1, 8] },
      actionSpace: { kind: "box", shape: [1], low: [-2], high: [2] },
    });
  });
});

describe("tempered bench", () => {
  it("measures updates of the given size", async () => {
    const args = [
      "bench",
      "--json",
      "--observation-dim",
      "3",
      "--action-dim",
      "1",
      "--hidden",
      "16",
      "--batch",
      "8",
    ];
    const { code, stdout } = await cli([...args, "--seconds", "0.3", "--engine", "wasm"], scratch);
    expect(code).toBe(0);
    const result = JSON.parse(stdout);
    expect(result).toMatchObject({ engine: "wasm", threads: 1, observationDim: 3, hidden: [16], batch: 8 });
    expect(result.updateMs.p10).toBeLessThanOrEqual(result.updateMs.p50);
    expect(result.updatesPerSecond).toBeGreaterThan(0);
    expect(result.gemmGflops).toBeGreaterThan(0);
  });
});

describe("tempered eval", () => {
  const tiny = ["--steps", "300", "--hidden", "16", "--batch-size", "16"];
  beforeAll(async () => {
    const train = (run: string, ...more: string[]) =>
      cli(["train", "Pendulum-v1", "--run", run, "--json", ...tiny, ...more], scratch);
    const runs = await Promise.all([train("plain"), train("best", "--eval-every", "100")]);
    for (const { code, stderr } of runs) expect([code, stderr]).toEqual([0, ""]);
  });

  it("repeats the evaluation that training ended with", async () => {
    const { code, stdout } = await cli(["eval", "plain", "--json"], scratch);
    expect(code).toBe(0);
    const { episodes, meanReturn, stdReturn, returns, ...rest } = JSON.parse(stdout);
    const { result } = JSON.parse(readFileSync(join(scratch, "plain", "run.json"), "utf8"));
    expect({ episodes, meanReturn, stdReturn, returns }).toEqual(result.eval);
    expect(rest).toMatchObject({ env: "Pendulum-v1", steps: 300 });
  });

  it("takes the best agent where there is one, and the last one on request", async () => {
    const [best, last] = await Promise.all([
      cli(["eval", "best", "--json"], scratch),
      cli(["eval", "best", "--which", "last", "--json"], scratch),
    ]);
    const { result } = JSON.parse(readFileSync(join(scratch, "best", "run.json"), "utf8"));
    expect(JSON.parse(best.stdout)).toMatchObject({
      steps: result.best.step,
      meanReturn: result.best.meanReturn,
    });
    expect(JSON.parse(last.stdout)).toMatchObject({ steps: 300, meanReturn: result.eval.meanReturn });
  });

  it("says it in words, and draws the first episode", async () => {
    const args = ["eval", "plain", "--episodes", "2", "--render", "episode.svg"];
    const { code, stdout } = await cli(args, scratch);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Pendulum-v1: return −[\d,.]+ ± [\d,.]+ over 2 deterministic episodes/);
    expect(readFileSync(join(scratch, "episode.svg"), "utf8")).toMatch(/^<svg[\s\S]*in 200 steps/);
  });

  it.each([
    [["nowhere"], "Expected a run's directory (with run.json), got nowhere"],
    [[join(scratch, "plain"), "--which", "best"], "it was trained without --eval-every"],
    [[join(scratch, "plain"), "--episodes", "0"], "--episodes: expected a positive integer"],
    [
      [join(scratch, "plain"), "--render", join(scratch, "nowhere", "x.svg")],
      "Expected --render as a file that can be written, got",
    ],
  ])("refuses %j", async (args, message) => {
    const { code, stderr } = await inProcess(["eval", ...args]);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
    expect(existsSync(join(scratch, "nowhere"))).toBe(false);
  });
});
