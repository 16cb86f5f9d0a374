// A built checkout of tempered as somebody uses it who knows nothing of its sources: its command line and its main entry, each in
// a process of its own, with a limit on how long that may take.

import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Whether it had to be killed. */
  readonly late: boolean;
}

export interface RunOptions {
  readonly seconds?: number;
  readonly env?: Readonly<Record<string, string>>;
}

const tiny = "--hidden 8 --batch-size 8 --learning-starts 20 --engine wasm --eval-episodes 1";

export class Checkout {
  readonly path: string;
  readonly main: string;
  /** Where everything happens. */
  readonly scratch: string;

  /** For what one probe makes and others use. */
  readonly shared: string;

  constructor(path: string, scratch: string, shared: string) {
    this.path = path;
    this.shared = shared;
    this.main = join(path, "dist/cli/main.js");
    this.scratch = scratch;
    for (const directory of [scratch, shared]) mkdirSync(directory, { recursive: true });
  }

  /** A line for bash, in which $TEMPERED is the command line and $TINY the flags of a small training. */
  shell(line: string, options: RunOptions = {}): Promise<Ended> {
    return ended(this.start(line, options), options.seconds ?? 30);
  }

  start(line: string, { env = {} }: RunOptions = {}): ChildProcess {
    return spawn("bash", ["-c", line], {
      cwd: this.scratch,
      env: {
        ...process.env,
        NO_COLOR: "1",
        TEMPERED_TIMEOUT: "2",
        TEMPERED: `${process.execPath} ${this.main}`,
        TINY: tiny,
        ...env,
      },
      // A group of its own, so that all of it can be ended.
      detached: true,
    });
  }

  /** A module that may import `SAC` and the like from "tempered". */
  script(text: string, options: RunOptions = {}): Promise<Ended> {
    const entry = pathToFileURL(join(this.path, "dist/index.js")).href;
    const file = join(this.scratch, "script.mjs");
    writeFileSync(file, text.replaceAll('"tempered"', JSON.stringify(entry)));
    return this.shell(`exec ${process.execPath} ${file}`, options);
  }

  /** Writes an environment whose step, reset, close or module does what is said from its 60th step on. */
  environment(name: string, { step = "", reset = "", close = "", top = "", truncates = true } = {}): string {
    writeFileSync(
      join(this.scratch, name),
      `const space = (n) => ({ kind: "box", shape: [n], low: new Float64Array(n).fill(-1), high: new Float64Array(n).fill(1) });
${top}
export default () => {
  let n = 0;
  const answer = () => ({ observation: new Float32Array(2).fill(Math.sin(n)), reward: -1, terminated: false, truncated: ${truncates} && n % 20 === 0, info: {} });
  return { id: "bad", observationSpace: space(2), actionSpace: space(1),
    reset: () => { if (n >= 60) { ${reset} } return answer(); },
    step: () => { n++; if (n >= 60) { ${step} } return answer(); },
    close: () => { ${close} } };
};
`,
    );
    return `./${name}`;
  }

  json(path: string): Record<string, unknown> | undefined {
    try {
      return JSON.parse(readFileSync(join(this.scratch, path), "utf8")) as Record<string, unknown>;
    } catch {
      return undefined;
    }
  }
}

export function ended(child: ChildProcess, seconds: number): Promise<Ended> {
  let [stdout, stderr, late] = ["", "", false];
  child.stdout!.on("data", (text) => {
    stdout += text;
  });
  child.stderr!.on("data", (text) => {
    stderr += text;
  });
  const timer = setTimeout(() => {
    late = true;
    endAll(child);
  }, seconds * 1000);
  return new Promise((resolve) => {
    child.on("close", (code) => {
      clearTimeout(timer);
      resolve({ code, stdout, stderr, late });
    });
  });
}

/** The process and those that it started. */
export function endAll({ pid }: ChildProcess): void {
  try {
    process.kill(-pid!, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}
