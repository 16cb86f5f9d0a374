// Errors outside of what is waited for: the run is saved as when a step fails, the message is one line, and nothing of an
// environment keeps a command that is over.

import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readRun } from "../../training/run-directory.ts";
import { cli } from "../child.fixture.ts";

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), "tempered-strays-"));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const tiny = ["--hidden", "8", "--batch-size", "8", "--learning-starts", "20", "--engine", "wasm"];

/** An environment that does `act` at its 60th step and answers all the same. */
function environment(name: string, act: string): string {
  writeFileSync(
    join(scratch, `${name}.mjs`),
    `const space = (n) => ({ kind: "box", shape: [n], low: new Float64Array(n).fill(-1), high: new Float64Array(n).fill(1) });
    export default () => {
      let n = 0;
      const answer = () => ({ observation: new Float32Array(2).fill(Math.sin(n)), reward: -1, terminated: false, truncated: n % 20 === 0, info: {} });
      return { id: "stray", observationSpace: space(2), actionSpace: space(1), reset: () => answer(), step: () => { n++; if (n === 60) { ${act} } return answer(); } };
    };`,
  );
  return `./${name}.mjs`;
}

describe("while it trains,", () => {
  it.each([
    [
      "rejects",
      "Promise.reject(new Error('lost'))",
      /promise that nobody waits for was rejected with Error: lost/,
    ],
    ["rejects-nothing", "Promise.reject(null)", /rejected with null/],
    [
      "throws-later",
      "setTimeout(() => { throw new TypeError('later') })",
      /nobody catches was thrown: TypeError: later/,
    ],
    [
      "rejects-a-proxy",
      "Promise.reject(new Proxy({}, { get() { throw 1 }, getPrototypeOf() { throw 2 } }))",
      /a value that cannot be shown/,
    ],
    [
      "throws-a-proxy",
      "throw new Proxy({}, { get() { throw 1 }, getPrototypeOf() { throw 2 } })",
      /a value that cannot be shown/,
    ],
    [
      "throws-a-riddle",
      "throw Object.defineProperty(new Error(), 'message', { get() { throw 3 } })",
      /cannot be shown/,
    ],
    ["exits", "process.exit(0)", /process\.exit was called with 0/],
  ])("an environment that %s ends the run as a failed step does", async (name, act, message) => {
    const { code, stderr } = await cli(
      ["train", environment(name, act), "--steps", "20000", "--run", name, "--quiet", ...tiny],
      scratch,
    );
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^ +at /m);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(code).toBe(1);
    const { result } = readRun(join(scratch, name)).manifest;
    expect(result).toMatchObject({ outcome: "failed", error: { message: expect.stringMatching(message) } });
    expect(result!.steps).toBeGreaterThanOrEqual(59);
    expect(result!.steps).toBeLessThan(20_000);
    expect(existsSync(join(scratch, name, "agent", "agent.json"))).toBe(true);
  });
});

it("while it evaluates, an error that nobody catches is one line too", async () => {
  const env = environment("quiet", "if (globalThis.process.env.STRAY) Promise.reject(new Error('lost'))");
  expect(
    (await cli(["train", env, "--steps", "30", "--run", "quiet", "--quiet", ...tiny], scratch)).code,
  ).toBe(0);
  process.env.STRAY = "1";
  const { code, stderr } = await cli(["eval", "quiet", "--episodes", "500"], scratch);
  delete process.env.STRAY;
  expect([code, stderr]).toEqual([1, expect.stringMatching(/^error: .*Error: lost\n$/)]);
});

it("a timer that an environment has left behind does not keep the command", async () => {
  const env = environment("ticks", "setInterval(() => {}, 1000)");
  const began = performance.now();
  const { code } = await cli(["train", env, "--steps", "100", "--run", "ticks", "--quiet", ...tiny], scratch);
  expect(code).toBe(0);
  expect(performance.now() - began).toBeLessThan(20_000);
});
