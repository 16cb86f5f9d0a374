// A run names the code of its environment. What was made here is run as it is; what somebody else has made, or changed, only
// where the user names it.

import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cli, inProcess } from "../child.fixture.ts";

let scratch: string;
const at = (...names: string[]) => join(scratch, ...names);
beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), "tempered-origin-"));
  writeFileSync(at("mine.mjs"), module("mine.ran"));
  writeFileSync(at("theirs.mjs"), module("theirs.ran"));
  const tiny = ["--hidden", "8", "--batch-size", "8", "--learning-starts", "20", "--engine", "wasm"];
  for (const [env, run] of [
    ["./mine.mjs", "mine"],
    ["Pendulum-v1", "pendulum"],
  ] as const) {
    const { code, stderr } = await cli(
      ["train", env, "--steps", "60", "--run", run, "--quiet", ...tiny],
      scratch,
    );
    expect([code, stderr]).toEqual([0, ""]);
  }
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** An environment that leaves a file behind where it is run. */
function module(trace: string): string {
  return `import { writeFileSync } from "node:fs";
    writeFileSync(${JSON.stringify(at(trace))}, "");
    const space = (n) => ({ kind: "box", shape: [n], low: new Float64Array(n).fill(-1), high: new Float64Array(n).fill(1) });
    export default () => {
      let n = 0;
      const answer = () => ({ observation: new Float32Array(2), reward: 1, terminated: false, truncated: ++n % 20 === 0, info: {} });
      return { id: "mine", observationSpace: space(2), actionSpace: space(1), reset: answer, step: answer };
    };`;
}

/** A copy of a run, changed. */
function forged(run: string, change: (manifest: Record<string, unknown>) => void): string {
  const name = `forged-${count++}`;
  cpSync(at(run), at(name), { recursive: true });
  const manifest = JSON.parse(readFileSync(at(name, "run.json"), "utf8"));
  change(manifest);
  writeFileSync(at(name, "run.json"), JSON.stringify(manifest));
  return name;
}
let count = 0;

async function refused(args: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await cli(args, scratch);
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toMatch(/^error: Expected --env, because forged-\d+ was made elsewhere .*\n$/);
  expect(existsSync(at("theirs.ran"))).toBe(false);
}

describe("a run made here", () => {
  it("is evaluated and gone on with as it is", async () => {
    rmSync(at("mine.ran"));
    expect((await cli(["eval", "mine", "--episodes", "1"], scratch)).code).toBe(0);
    expect(existsSync(at("mine.ran"))).toBe(true);
    expect((await cli(["resume", "mine", "--steps", "80", "--quiet"], scratch)).code).toBe(0);
    expect((await cli(["eval", "mine", "--episodes", "1"], scratch)).code).toBe(0);
  });

  it("of an environment that comes along has no seal, and needs none", async () => {
    expect(JSON.parse(readFileSync(at("pendulum", "run.json"), "utf8")).origin).toBeUndefined();
    expect((await cli(["eval", "pendulum", "--episodes", "1"], scratch)).code).toBe(0);
  });
});

describe("of a run made elsewhere, no code is run", () => {
  const toTheirs = (env: string) => (manifest: Record<string, unknown>) => {
    manifest.env = env;
    manifest.config = { ...(manifest.config as object), env };
  };
  it.each(["./theirs.mjs", "gymnasium:theirs:Env"])("that it names: %s", async (env) => {
    await refused(["eval", forged("mine", toTheirs(env)), "--episodes", "1"]);
    await refused(["resume", forged("mine", toTheirs(env)), "--steps", "100"]);
  });

  it("that an absolute path names, or its settings alone, by whichever name", async () => {
    await refused(["eval", forged("pendulum", toTheirs(at("theirs.mjs"))), "--episodes", "1"]);
    for (const key of ["env", "env_id"]) {
      const run = forged("mine", (manifest) => {
        const { env: _, ...config } = manifest.config as Record<string, unknown>;
        manifest.config = { ...config, [key]: "./theirs.mjs" };
      });
      await refused(["resume", run, "--steps", "100"]);
    }
  });

  it("that its agent names alone", async () => {
    const run = forged("mine", () => {});
    rmSync(at(run, "run.json"));
    const { code, stderr } = await cli(["eval", join(run, "agent"), "--episodes", "1"], scratch);
    expect([code, stderr]).toEqual([2, expect.stringContaining('got "mine"')]);
  });

  it("not even its own, on another machine: its seal is another's there", async () => {
    const run = forged("mine", () => {});
    rmSync(at("mine.ran"));
    process.env.XDG_STATE_HOME = at("another-home");
    await refused(["eval", run, "--episodes", "1"]);
    delete process.env.XDG_STATE_HOME;
    expect(existsSync(at("mine.ran"))).toBe(false);
  });

  it("until it is named with --env", async () => {
    const run = forged("mine", toTheirs("./theirs.mjs"));
    const { code, stdout } = await cli(["eval", run, "--episodes", "1", "--env", "./mine.mjs"], scratch);
    expect([code, stdout]).toEqual([0, expect.stringContaining("./mine.mjs: return")]);
    expect((await cli(["eval", run, "--episodes", "1", "--env", "./theirs.mjs"], scratch)).code).toBe(0);
    expect(existsSync(at("theirs.ran"))).toBe(true);
  });
});

describe("a damaged run", () => {
  it.each([
    ["no JSON", "{", /JSON/],
    ["a list", "[]", /run\.json whose content is wrong/],
    ["a format of somebody else's", '{"format": "other/1"}', /run\.json whose format is wrong/],
    ["a null", "null", /run\.json whose content is wrong/],
  ])("(%s) is told in a line, and is no bug", async (_, text, message) => {
    const run = forged("pendulum", () => {});
    writeFileSync(at(run, "run.json"), text);
    for (const command of [
      ["eval", at(run)],
      ["resume", at(run)],
      ["export", at(run), "--js", "x.js"],
    ]) {
      const { code, stderr } = await inProcess(command);
      expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
      expect(stderr).not.toContain("a bug?");
    }
  });

  it("whose environment is another than its agent's is refused", async () => {
    const run = forged("pendulum", (manifest) => {
      manifest.env = "MountainCarContinuous-v0";
    });
    const { code, stderr } = await inProcess(["eval", at(run)]);
    expect([code, stderr]).toEqual([2, expect.stringContaining('got one of "Pendulum-v1"')]);
  });

  it("without its best agent says why", async () => {
    const best = (change: object, result: object | undefined) =>
      forged("pendulum", (manifest) => {
        manifest.config = { ...(manifest.config as object), ...change };
        manifest.result = result;
      });
    const told = async (run: string) => (await inProcess(["eval", at(run), "--which", "best"])).stderr;
    expect(await told(best({}, {}))).toContain("it was trained without --eval-every");
    expect(await told(best({ evalEvery: 50 }, undefined))).toContain("ended before its first evaluation");
    const gone = best({ evalEvery: 50 }, { best: { step: 50, meanReturn: -1 } });
    expect((await inProcess(["eval", at(gone)])).stderr).toContain("it had one, which is gone");
    expect((await inProcess(["eval", at(gone), "--which", "last", "--episodes", "1"])).code).toBe(0);
  });
});
