// One training writes into a directory at a time. The lock says whose it is; that of a process that is gone is taken over.

import { closeSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { TemperedError } from "../errors.ts";

interface Owner {
  readonly pid: number;
  readonly host: string;
}

export class RunLock {
  private readonly path: string;
  private held = true;

  /** @throws TemperedError (RUN_LOCKED) where another training that still runs, or one on another machine, has it */
  constructor(directory: string) {
    this.path = join(directory, "run.lock");
    const own: Owner = { pid: process.pid, host: hostname() };
    for (let tries = 0; ; tries++) {
      try {
        const file = openSync(this.path, "wx");
        writeSync(file, `${JSON.stringify(own)}\n`);
        closeSync(file);
        return;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST" || tries > 2) throw error;
        const owner = this.owner();
        if (owner !== undefined && isAlive(owner, own)) {
          throw new TemperedError(
            "RUN_LOCKED",
            `Expected no other training in ${directory}, but process ${owner.pid} on ${owner.host} is at work there; ` +
              `wait for it or end it, or remove ${this.path} where there is no such process`,
          );
        }
        rmSync(this.path, { force: true });
      }
    }
  }

  release(): void {
    if (!this.held) return;
    this.held = false;
    const owner = this.owner();
    if (owner?.pid === process.pid && owner.host === hostname()) rmSync(this.path, { force: true });
  }

  /** undefined where nothing sensible stands there. */
  private owner(): Owner | undefined {
    try {
      const owner = JSON.parse(readFileSync(this.path, "utf8")) as Owner;
      return Number.isSafeInteger(owner.pid) && typeof owner.host === "string" ? owner : undefined;
    } catch {
      return undefined;
    }
  }
}

function isAlive(owner: Owner, own: Owner): boolean {
  if (owner.host !== own.host) return true;
  if (owner.pid === own.pid) return false;
  try {
    process.kill(owner.pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process may not be signalled, but it is there.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
