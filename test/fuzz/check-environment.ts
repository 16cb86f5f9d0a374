// An environment broken by a program (types, exceptions, promises, shapes, sizes, times), trained in by the command line as its
// users run it. What must hold: a line that says what is wrong, an outcome in run.json, an agent that can be loaded.

import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readAgentState } from "../../src/agent/agent-files.node.ts";
import { cli } from "../../src/cli/child.fixture.ts";
import { RandomStream } from "../../src/random/index.ts";
import { readRun } from "../../src/training/run-directory.ts";

/** What is said instead of an answer, or of a part of one; `answer()` is a right answer. */
const VALUES = [
  "undefined",
  "null",
  "NaN",
  "Infinity",
  "-Infinity",
  "1e39",
  "'5'",
  "''",
  "true",
  "[]",
  "[1]",
  "{}",
  "() => 1",
  "Symbol('x')",
  "10n",
  "new Date()",
  "new Float32Array(3)",
  "new Float32Array(0)",
  "new Float64Array(2).fill(NaN)",
  "['a', 'b']",
  "[[1], [2]]",
  "[1, , 3]",
  "new Array(1e6).fill(0)",
  "new Proxy({}, { get() { throw 1 } })",
  "new Int8Array(2)",
  "Object.create(null)",
];
const ACTS = [
  "throw new Error('broken')",
  "throw null",
  "throw undefined",
  "throw 'text'",
  "throw Object.create(null)",
  "throw 5n",
  "throw new Proxy({}, { get() { throw 1 }, getPrototypeOf() { throw 2 } })",
  "throw Object.assign(new Error('x'.repeat(100000)), { code: {} })",
  "throw Object.defineProperty(new Error('a'), 'message', { get() { throw 1 } })",
  "return Promise.reject(new Error('rejected'))",
  "return Promise.reject(null)",
  "return Promise.reject(undefined)",
  "return new Promise(() => {})",
  "Promise.reject(new Error('stray'))",
  "setTimeout(() => { throw new Error('later') })",
  "setTimeout(() => { throw null })",
  "queueMicrotask(() => { throw new Error('soon') })",
  "process.exit(0)",
  "process.exit(7)",
  "return { then() {} }",
  "return { then(resolve) { resolve(answer()) } }",
  "return Promise.resolve(answer())",
  "return new Promise((resolve) => setTimeout(() => resolve(answer()), 20))",
  "(function again() { again() })()",
  "process.emit('unhandledRejection', new Error('emitted'))",
  "process.chdir('/')",
  "process.exitCode = 9",
  "globalThis.Promise = undefined",
  "setInterval(() => {}, 1000)",
  "new Array(2 ** 32)",
  "answer = () => ({})",
  "console.log = console.error = null",
];
const PARTS = ["observation", "reward", "terminated", "truncated", "info"];

/** The source of environment `index` of the endless list; the same index always gives the same one. */
export function brokenEnvironment(index: number): { readonly source: string; readonly what: string } {
  const random = new RandomStream(index, "broken environments");
  const from = random.choice([1, 2, 21, 40, 60]);
  const where = random.choice(["step", "step", "step", "reset", "close", "construct", "module"]);
  const kind = random.below(3);
  const broken =
    kind === 0
      ? random.choice(ACTS)
      : kind === 1
        ? `return ${random.choice(VALUES)}`
        : `return { ...answer(), ${random.choice(PARTS)}: ${random.choice(VALUES)} }`;
  const at = (place: string) =>
    where === place ? `if (++calls >= ${place === "step" ? from : 1}) { ${broken} }` : "";
  const top = where === "module" && kind === 0 ? broken.replace(/^return /, "await ") : "";
  const source = `const space = (n) => ({ kind: "box", shape: [n], low: new Float64Array(n).fill(-1), high: new Float64Array(n).fill(1) });
let [n, calls] = [0, 0];
let answer = () => ({ observation: new Float32Array(2).fill(Math.sin(n)), reward: -1, terminated: false, truncated: n % 20 === 0, info: {} });
${top}
export default () => {
  ${at("construct")}
  return {
    id: "broken", observationSpace: space(2), actionSpace: space(1),
    reset() { ${at("reset")} return answer(); },
    step() { n++; ${at("step")} return answer(); },
    close() { ${at("close")} },
  };
};
`;
  return { source, what: `${where}${where === "step" ? ` ${from}` : ""}: ${broken}` };
}

/** @returns the run's outcome, or "refused" where it never began @throws Error naming the environment */
export async function checkEnvironment(index: number, scratch: string): Promise<string> {
  const { source, what } = brokenEnvironment(index);
  const run = join(scratch, `run-${index}`);
  writeFileSync(join(scratch, `env-${index}.mjs`), source);
  const settings = ["--hidden", "4", "--batch-size", "4", "--learning-starts", "10", "--engine", "wasm"];
  const args = ["--steps", "80", "--eval-episodes", "1", "--quiet", "--run", run];
  process.env.TEMPERED_TIMEOUT = "1";
  const { code, stderr } = await cli(["train", `./env-${index}.mjs`, ...settings, ...args], scratch);
  delete process.env.TEMPERED_TIMEOUT;
  const fail = (why: string) => {
    throw new Error(`environment ${index} (${what}): ${why}; exit code ${code}: ${stderr.slice(0, 2000)}`);
  };
  if (/^ +at /m.test(stderr)) fail("a stack trace");
  if (!existsSync(join(run, "run.json"))) {
    // What is wrong before the first step is wrong with what was asked for.
    if (code !== 2 && code !== 1) fail("no run and no error");
    if (!stderr.includes("error: ")) fail("no run and no message");
    return "refused";
  }
  const { result } = readRun(run).manifest;
  const outcome = String(result?.outcome);
  if (outcome !== "finished" && outcome !== "failed") fail(`the outcome ${outcome}`);
  if (outcome === "failed" && (code !== 1 || !stderr.includes("error: "))) fail("a failure that is not told");
  readAgentState(join(run, "agent"));
  return outcome;
}
