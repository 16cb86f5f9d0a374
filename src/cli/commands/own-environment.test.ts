// Environments that people write as they like, from the command line: TypeScript, imports from tempered, helpers beside them,
// mistakes in them, and runs of them that are looked at from elsewhere.

import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { cli } from "../child.fixture.ts";

let scratch: string;
const tiny = ["--hidden", "8", "--batch-size", "8", "--learning-starts", "20", "--engine", "wasm", "--quiet"];
const train = (env: string, run: string, ...more: string[]) =>
  cli(["train", env, "--steps", "60", "--run", run, ...tiny, ...more], scratch);
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), "tempered-own-"));
  mkdirSync(join(scratch, "lib"));
  writeFileSync(join(scratch, "lib", "goal.ts"), "export const goal: number = 1;\n");
  writeFileSync(join(scratch, "walk.ts"), walk("./lib/goal"));
  writeFileSync(join(scratch, "broken.ts"), walk("./lib/goal.js").replace("// here", "undefinedThing();"));
  writeFileSync(join(scratch, "unfinished.ts"), "export default () => {\n  return {;\n};\n");
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** With what types alone cannot do without: an enum and a parameter property. */
const walk = (goal: string) => `import { box, type Env, RandomStream } from "tempered/envs";
import { goal } from "${goal}";
enum Pace { Slow = 1, Quick = 2 }
export const maxEpisodeSteps = 20;
class Walk implements Env {
  readonly id = "walk";
  readonly observationSpace = box([-9], [9]);
  readonly actionSpace = box([-1], [1]);
  private random = new RandomStream(0, "walk");
  private x = 0;
  constructor(private readonly pace: Pace) {}
  reset({ seed }: { seed?: number } = {}) {
    if (seed !== undefined) this.random = new RandomStream(seed, "walk");
    this.x = this.random.uniformBetween(-1, 1);
    return { observation: Float32Array.of(this.x), info: {} };
  }
  step(action: ArrayLike<number>) {
    // here
    this.x = Math.max(-5, Math.min(5, this.x + this.pace * action[0]!));
    return { observation: Float32Array.of(this.x), reward: -Math.abs(this.x - goal), terminated: false, truncated: false, info: {} };
  }
}
export default () => new Walk(Pace.Quick);
`;

it("trains in one of TypeScript, and is evaluated and gone on with from elsewhere", async () => {
  expect(await train("./walk.ts", "typed")).toMatchObject({ code: 0, stderr: "" });
  const { module } = JSON.parse(readFileSync(join(scratch, "typed", "run.json"), "utf8"));
  expect(module).toEqual({ name: "./walk.ts", absolute: join(scratch, "walk.ts"), relative: "../walk.ts" });
  const env = { XDG_STATE_HOME: join(scratch, ".state") };
  const elsewhere = (...args: string[]) => startElsewhere(args, env);
  expect(await elsewhere("eval", join(scratch, "typed"), "--episodes", "1")).toMatchObject({
    code: 0,
    stderr: "",
  });
  expect(await elsewhere("resume", join(scratch, "typed"), "--steps", "80", "--quiet")).toMatchObject({
    code: 0,
  });

  // Moved together, they still find each other; whose code it is must then be said again.
  mkdirSync(join(scratch, "moved"));
  cpSync(join(scratch, "lib"), join(scratch, "moved", "lib"), { recursive: true });
  for (const name of ["walk.ts", "typed"]) renameSync(join(scratch, name), join(scratch, "moved", name));
  const { stderr } = await elsewhere("eval", join(scratch, "moved", "typed"), "--episodes", "1");
  expect(stderr).toContain(`--env ${join(scratch, "moved", "walk.ts")}`);
}, 120_000);

async function startElsewhere(args: readonly string[], env: NodeJS.ProcessEnv) {
  const before = { ...process.env };
  Object.assign(process.env, env);
  try {
    return await cli(args, tmpdir());
  } finally {
    process.env = before;
  }
}

it("says in which file and line a mistake is", async () => {
  const broken = await train("./broken.ts", "broken");
  expect(broken.code).toBe(1);
  expect(broken.stderr).toMatch(
    /^error: ReferenceError: undefinedThing is not defined \(at broken\.ts:\d+:\d+\)\n$/,
  );
  const unfinished = await train("./unfinished.ts", "unfinished");
  expect([unfinished.code, unfinished.stderr]).toEqual([2, expect.stringMatching(/unfinished\.ts/)]);
}, 120_000);
