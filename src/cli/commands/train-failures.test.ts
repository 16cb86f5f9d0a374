// Whatever goes wrong around a training: what was learned is kept, the directory says how it ended, and the message what to do.

import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readRun } from "../../training/run-directory.ts";
import { cli, program, startCli } from "../child.fixture.ts";

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), "tempered-failures-"));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const tiny = ["--hidden", "8", "--batch-size", "8", "--learning-starts", "20", "--engine", "wasm"];
const resultOf = (run: string) => readRun(join(scratch, run)).manifest.result;

/** An environment whose step is `step` from the 60th on. */
function environment(name: string, step: string): string {
  const file = join(scratch, `${name}.mjs`);
  writeFileSync(
    file,
    `const space = (n) => ({ kind: "box", shape: [n], low: new Float64Array(n).fill(-1), high: new Float64Array(n).fill(1) });
    export default () => {
      let n = 0;
      const answer = () => ({ observation: new Float32Array(2).fill(Math.sin(n)), reward: -1, terminated: false, truncated: n % 20 === 0, info: {} });
      return { id: "bad", observationSpace: space(2), actionSpace: space(1), reset: () => answer(), step: () => { n++; if (n < 60) return answer(); ${step} } };
    };`,
  );
  return file;
}

describe("an environment that", () => {
  it.each([
    ["throws", "throw new Error('broken sensor')", "broken sensor"],
    ["throws null", "throw null", "got null"],
    ["throws what cannot be told", "throw Object.create(null)", "got an object of type null"],
    ["rejects", "return Promise.reject(undefined)", "got undefined"],
    ["gives NaN", "return { ...answer(), reward: NaN }", "expected the reward to be a finite number"],
    ["hangs", "return new Promise(() => {})", "Expected a step of"],
  ])("%s ends the run with its agent saved", async (what, step, message) => {
    const run = what.replaceAll(" ", "-");
    process.env.TEMPERED_TIMEOUT = "1";
    const { code, stderr } = await cli(
      ["train", environment(run, step), "--steps", "200", "--run", run, "--quiet", ...tiny],
      scratch,
    );
    delete process.env.TEMPERED_TIMEOUT;
    expect(code).toBe(1);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/^ +at /m);
    expect(resultOf(run)).toMatchObject({ outcome: "failed", steps: 59 });
    expect(existsSync(join(scratch, run, "agent", "agent.json"))).toBe(true);
  });
});

it("an evaluation whose episodes have no end is cut, and the run says so", async () => {
  const file = environment("endless", "return { ...answer(), truncated: false };");
  writeFileSync(file, readFileSync(file, "utf8").replace("n % 20 === 0", "n < 60 && n % 20 === 0"));
  const args = ["--steps", "40", "--run", "endless", "--eval-episodes", "5", ...tiny];
  const { code, stdout } = await cli(["train", file, ...args], scratch);
  expect([code, stdout]).toEqual([
    0,
    expect.stringMatching(
      /note: the evaluation ended in its episode \d, which was not over after 100,000 steps/,
    ),
  ]);
  expect(resultOf("endless")).toMatchObject({ outcome: "finished" });
  const evaluated = await cli(["eval", "endless", "--json"], scratch);
  expect([evaluated.code, evaluated.stderr]).toEqual([
    0,
    expect.stringContaining("not over after 100,000 steps"),
  ]);
  expect(JSON.parse(evaluated.stdout)).toMatchObject({ cutAt: 100_000 });
}, 120_000);

describe("a run's directory", () => {
  it("removed while it trains ends the run, which says so and saves the agent", async () => {
    const running = startCli(
      ["train", "Pendulum-v1", "--steps", "1000000", "--run", "gone", "--json", ...tiny],
      scratch,
    );
    await running.shows('"time/total_timesteps":300');
    rmSync(join(scratch, "gone"), { recursive: true });
    const { code, stderr } = await running.ended;
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining("they were removed, renamed or replaced while it trained"),
    ]);
    expect(existsSync(join(scratch, "gone", "agent", "agent.json"))).toBe(true);
  });

  it("is one training's at a time", async () => {
    const args = [
      "train",
      "Pendulum-v1",
      "--steps",
      "1000000",
      "--run",
      "locked",
      "--resume",
      "--json",
      ...tiny,
    ];
    const first = startCli(args, scratch);
    await first.shows('"time/total_timesteps":100');
    const second = await cli(args, scratch);
    expect([second.code, second.stderr]).toEqual([
      2,
      expect.stringContaining(`process ${first.child.pid} on`),
    ]);
    first.child.kill("SIGTERM");
    expect((await first.ended).code).toBe(0);
    expect(resultOf("locked")).toMatchObject({ outcome: "interrupted", interruptedBy: "SIGTERM" });
    expect(existsSync(join(scratch, "locked", "run.lock"))).toBe(false);
  });

  it("with a damaged checkpoint goes on from the one before, and says so", async () => {
    const args = (steps: number) => [
      "train",
      "Pendulum-v1",
      "--steps",
      `${steps}`,
      "--run",
      "damaged",
      "--resume",
      ...tiny,
    ];
    expect((await cli([...args(600), "--checkpoint-every", "300"], scratch)).code).toBe(0);
    const checkpoints = join(scratch, "damaged", "checkpoint");
    const newest = readdirSync(checkpoints)
      .filter((name) => name.startsWith("manifest"))
      .sort()
      .at(-1)!;
    writeFileSync(join(checkpoints, newest), readFileSync(join(checkpoints, newest)).subarray(0, 100));
    const { code, stdout } = await cli([...args(800), "--checkpoint-every", "300"], scratch);
    expect(code).toBe(0);
    expect(stdout).toContain(`note: a damaged checkpoint was passed over: ${newest}`);
    expect(stdout).toContain("going on at step 300");
    const steps = readRun(join(scratch, "damaged")).metrics.map((row) => row["time/total_timesteps"]);
    expect(steps).toEqual([100, 200, 300, 400, 500, 600, 700, 800]);
  });

  it("that was begun with other settings is not gone on with", async () => {
    const { code, stderr } = await cli(
      ["train", "Pendulum-v1", "--steps", "900", "--run", "damaged", "--resume", "--gamma", "0.9", ...tiny],
      scratch,
    );
    expect([code, stderr]).toEqual([2, expect.stringContaining("gamma was 0.99 and is 0.9")]);
  });

  it("is gone on with by its path alone, further than it was begun for", async () => {
    const { code, stdout } = await cli(["resume", "damaged", "--steps", "1000"], scratch);
    expect([code, stdout]).toEqual([0, expect.stringContaining("going on at step 800")]);
    expect(resultOf("damaged")).toMatchObject({ outcome: "finished", steps: 1000 });
    const none = await cli(["resume", "nowhere"], scratch);
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining("Expected a run directory")]);
  });
});

describe("output", () => {
  const shell = (line: string) =>
    new Promise<{ code: number | null; stderr: string }>((resolve) => {
      const child = spawn("bash", ["-c", `set -o pipefail; ${line}`], {
        cwd: scratch,
        env: {
          ...process.env,
          NODE: [process.execPath, ...program].join(" "),
          NO_COLOR: "1",
        },
      });
      let stderr = "";
      child.stderr.on("data", (text) => {
        stderr += text;
      });
      child.on("close", (code) => resolve({ code, stderr }));
    });

  it("that somebody closes ends the run quietly, saved", async () => {
    const train = `$NODE train Pendulum-v1 --steps 100000 --json --run closed ${tiny.join(" ")}`;
    const { stderr } = await shell(`${train} | head -3`);
    expect(stderr).toBe("");
    expect(resultOf("closed")).toMatchObject({ outcome: "interrupted", interruptedBy: "closed output" });
    expect(existsSync(join(scratch, "closed", "agent", "agent.json"))).toBe(true);
  });

  it.skipIf(!existsSync("/dev/full"))("to a full disk does not end it", async () => {
    const { stderr } = await shell(
      `$NODE train Pendulum-v1 --steps 300 --json --run full ${tiny.join(" ")} > /dev/full`,
    );
    expect(stderr).toMatch(/^error: the output cannot be written \(ENOSPC\); .*\n$/);
    expect(resultOf("full")).toMatchObject({ outcome: "finished", steps: 300 });
  });

  it("of other commands, closed, ends them quietly", async () => {
    expect(await shell("$NODE envs | head -1")).toEqual({ code: 0, stderr: "" });
  });

  it.skipIf(!existsSync("/dev/full"))(
    "of other commands to a full disk is said, with exit code 1",
    async () => {
      for (const command of ["envs", "envs --json"]) {
        const { code, stderr } = await shell(`$NODE ${command} > /dev/full`);
        expect([code, stderr]).toEqual([
          1,
          expect.stringMatching(/^error: the output cannot be written \(ENOSPC\)/),
        ]);
      }
    },
  );
});

describe("a warm start", () => {
  it("begins with another run's weights and α, and counts its own steps", async () => {
    const train = (...args: string[]) => cli(["train", "Pendulum-v1", "--quiet", ...tiny, ...args], scratch);
    expect((await train("--steps", "400", "--run", "teacher")).code).toBe(0);
    expect((await train("--steps", "100", "--run", "pupil", "--init-from", "teacher")).code).toBe(0);
    const [last, first] = [
      readRun(join(scratch, "teacher")).metrics.at(-1)!,
      readRun(join(scratch, "pupil")).metrics[0]!,
    ];
    expect(first["time/total_timesteps"]).toBe(100);
    expect(Math.abs(first["train/log_alpha"]! - last["train/log_alpha"]!)).toBeLessThan(0.05);
    const other = await cli(["train", "tempered/PointMass-v0", "--init-from", "teacher", ...tiny], scratch);
    expect([other.code, other.stderr]).toEqual([
      2,
      expect.stringContaining("Expected an environment with 3 observations"),
    ]);
  });
});
