import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { RunLock } from "./lock.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "tempered-lock-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

const write = (owner: unknown) => writeFileSync(join(directory, "run.lock"), JSON.stringify(owner));

it("is refused while its owner lives, here or on another machine, and says whose it is", () => {
  for (const owner of [
    { pid: process.ppid, host: hostname() },
    { pid: 1, host: "elsewhere" },
  ]) {
    write(owner);
    expect(() => new RunLock(directory)).toThrow(`process ${owner.pid} on ${owner.host} is at work there`);
  }
});

it("of a process that is gone, or that is damaged, is taken over", () => {
  const { pid } = spawnSync(process.execPath, ["-e", ""]);
  for (const owner of [{ pid, host: hostname() }, { pid: "x" }, 17]) {
    write(owner);
    const lock = new RunLock(directory);
    expect(JSON.parse(readFileSync(join(directory, "run.lock"), "utf8"))).toEqual({
      pid: process.pid,
      host: hostname(),
    });
    lock.release();
    expect(existsSync(join(directory, "run.lock"))).toBe(false);
  }
});

it("that somebody else has taken meanwhile is not released", () => {
  const lock = new RunLock(directory);
  write({ pid: 1, host: "elsewhere" });
  lock.release();
  expect(existsSync(join(directory, "run.lock"))).toBe(true);
});
