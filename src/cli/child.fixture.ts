// The command line as its users run it: a process of its own, with streams and an exit code. What ends before anything
// happens may run in the process of the test, which is much faster.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { run } from "@stricli/core";
import { appFor, exitCodeOf } from "./app.ts";
import type { CliContext } from "./context.ts";

const sources = ["--import", import.meta.resolve("tsx"), fileURLToPath(new URL("main.ts", import.meta.url))];
/** Node's arguments that run the command line: as test/program.setup.ts has built it, or from the sources as they stand. */
export const program = process.env.TEMPERED_PROGRAM ? [process.env.TEMPERED_PROGRAM] : sources;

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  /** Resolves when the standard output holds `text`. */
  shows(text: string): Promise<void>;
  readonly ended: Promise<Ended>;
}

export function startCli(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}): Running {
  const child = spawn(process.execPath, [...program, ...args], {
    cwd,
    env: {
      // The user's own key stays out of it.
      XDG_STATE_HOME: join(cwd, ".state"),
      ...process.env,
      NO_COLOR: "1",
      FORCE_COLOR: undefined,
      TEMPERED_DEBUG: undefined,
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text) => {
    stderr += text;
  });
  const ended = once(child, "close").then(([code]) => ({ code, stdout, stderr }));
  return {
    child,
    async shows(text) {
      while (!stdout.includes(text)) {
        if (child.exitCode !== null)
          throw new Error(`ended before it showed "${text}":\n${stdout}\n${stderr}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    ended,
  };
}

export function cli(args: readonly string[], cwd: string): Promise<Ended> {
  return startCli(args, cwd).ended;
}

export async function inProcess(args: readonly string[]): Promise<Ended> {
  const written = { stdout: "", stderr: "" };
  const stream = (name: "stdout" | "stderr") =>
    new Writable({
      decodeStrings: false,
      write(text, _encoding, done) {
        written[name] += text;
        done();
      },
    }) as NodeJS.WriteStream;
  const process: CliContext["process"] = {
    stdout: stream("stdout"),
    stderr: stream("stderr"),
    exitCode: null,
  };
  await run(await appFor(args), args, { process });
  return { code: exitCodeOf(process.exitCode), ...written };
}
