// The table of docs/exit-codes.md, row by row: each thing is done to a run, and ends as the table says.

import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readAgentState } from "../../agent/agent-files.node.ts";
import { readRunManifest } from "../../training/run-file.ts";
import { cli, type Ended, program, startCli } from "../child.fixture.ts";

interface Row {
  readonly what: string;
  readonly code: number;
  /** What the standard error holds; undefined for nothing at all. */
  readonly says: string | undefined;
  readonly outcome: string | undefined;
  readonly saved: boolean;
}

const document = readFileSync(fileURLToPath(new URL("../../../docs/exit-codes.md", import.meta.url)), "utf8");
const cell = (text: string) => (text.trim() === "–" ? undefined : text.trim().replaceAll("`", ""));
const rows = document
  .slice(0, document.indexOf("\n\n", document.indexOf("|---")))
  .split("\n")
  .filter((line) => line.startsWith("| ") && !line.startsWith("| what"))
  .map((line): Row => {
    const [what, code, says, outcome, agent] = line.replaceAll("\\|", "¦").split("|").slice(1);
    return {
      what: cell(what!)!.replace("¦", "|"),
      code: Number(code),
      says: cell(says!),
      outcome: cell(outcome!),
      saved: agent!.trim().startsWith("saved"),
    };
  });

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), "tempered-exit-codes-"));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const tiny = ["--hidden", "8", "--batch-size", "8", "--learning-starts", "20", "--engine", "wasm"];
const args = (env: string, steps: number) => [
  "train",
  env,
  "--steps",
  `${steps}`,
  "--run",
  "run",
  "--json",
  "--eval-episodes",
  "1",
  ...tiny,
];

/** Trains in an environment that does `act` at its 60th step. */
function broken(act: string): Promise<Ended> {
  writeFileSync(
    join(scratch, "env.mjs"),
    `const space = (n) => ({ kind: "box", shape: [n], low: new Float64Array(n).fill(-1), high: new Float64Array(n).fill(1) });
    export default () => {
      let n = 0;
      const answer = () => ({ observation: new Float32Array(2), reward: -1, terminated: false, truncated: n % 20 === 0, info: {} });
      return { id: "broken", observationSpace: space(2), actionSpace: space(1), reset: answer, step: () => { n++; if (n === 60) { ${act} } return answer(); } };
    };`,
  );
  return startCli(args("./env.mjs", 20_000), scratch, { TEMPERED_TIMEOUT: "1" }).ended;
}

/** `train` in a shell, `$TRAIN`; the exit code is its own. */
function shell(line: string): Promise<Ended> {
  const command = [process.execPath, ...program, ...args("Pendulum-v1", 2000)];
  const child = spawn("bash", ["-c", line], {
    cwd: scratch,
    env: { ...process.env, TRAIN: command.join(" "), NO_COLOR: "1" },
  });
  let stderr = "";
  child.stderr.on("data", (text) => {
    stderr += text;
  });
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, stdout: "", stderr })));
}

async function whileItTrains(act: (kill: (signal: NodeJS.Signals) => void) => void): Promise<Ended> {
  const running = startCli(args("Pendulum-v1", 1_000_000), scratch);
  await running.shows('"time/total_timesteps":300');
  act((signal) => running.child.kill(signal));
  return running.ended;
}

const DONE: Readonly<Record<string, () => Promise<Ended>>> = {
  "it comes to its end": () => cli(args("Pendulum-v1", 200), scratch),
  "… | head closes its output": () => shell("$TRAIN | head -3; exit $PIPESTATUS"),
  "its output goes to a full disk": () => shell("$TRAIN > /dev/full"),
  "Ctrl-C or SIGTERM, once": () => whileItTrains((kill) => kill("SIGTERM")),
  // A step that is never over, so that the first signal has something to wait for.
  "Ctrl-C or SIGTERM, twice": async () => {
    const hung = `setTimeout(() => { process.kill(process.pid, "SIGTERM"); setTimeout(() => process.kill(process.pid, "SIGTERM"), 50); }); return new Promise(() => {})`;
    return broken(hung);
  },
  "its terminal closes (SIGHUP)": () => whileItTrains((kill) => kill("SIGHUP")),
  "its directory is deleted or renamed": () =>
    whileItTrains(() => renameSync(join(scratch, "run"), join(scratch, "elsewhere"))),
  "the environment throws": () => broken("throw new Error('broken sensor')"),
  "the environment does not answer": () => broken("return new Promise(() => {})"),
  "a promise that nobody waits for is rejected": () => broken("Promise.reject(new Error('lost'))"),
  "a timer of the environment throws": () => broken("setTimeout(() => { throw new Error('later') })"),
  "the environment calls process.exit": () => broken("process.exit(0)"),
  "a flag that there is not": () => cli([...args("Pendulum-v1", 200), "--speed"], scratch),
  "an environment that there is not": () => cli(args("Pendulum-v9", 200), scratch),
};

describe("docs/exit-codes.md", () => {
  it("has a test of every row", () => {
    expect(rows.map(({ what }) => what)).toEqual(Object.keys(DONE));
  });

  it.each(rows)("$what: $code, $outcome", async ({ what, code, says, outcome, saved }) => {
    if (what.includes("full disk") && !existsSync("/dev/full")) return;
    const run = join(scratch, "run");
    rmSync(run, { recursive: true, force: true });
    const ended = await DONE[what]!();
    expect([ended.code, ended.stderr]).toEqual([
      code,
      says === undefined ? "" : expect.stringContaining(says),
    ]);
    expect(ended.stderr.split("\n").length).toBeLessThanOrEqual(2);
    if (outcome === undefined) {
      if (existsSync(run)) expect(readRunManifest(run).result).toBeUndefined();
    } else {
      const [kind, by] = outcome.split(", ");
      const result = existsSync(join(run, "run.json")) ? readRunManifest(run).result : undefined;
      expect(result).toMatchObject({ outcome: kind, ...(kind === "interrupted" && { interruptedBy: by }) });
    }
    if (saved) readAgentState(join(run, "agent"));
  });
});
