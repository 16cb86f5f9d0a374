// A run on a file system that fills up, or may not be written: real ones, of memory. Mounting wants root; without it these
// are left out.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { cli } from "../../src/cli/child.fixture.ts";
import { RunDirectory, readRun } from "../../src/training/run-directory.ts";

const scratch = mkdtempSync(join(tmpdir(), "tempered-disk-"));
const mounted = join(scratch, "small");
mkdirSync(mounted);
const mount = (...options: string[]) => spawnSync("mount", [...options, mounted]).status === 0;
const canMount = mount("-t", "tmpfs", "-o", "size=600k", "tmpfs");
afterAll(() => {
  if (canMount) spawnSync("umount", [mounted]);
  rmSync(scratch, { recursive: true, force: true });
});

const tiny = ["--hidden", "8", "--batch-size", "8", "--learning-starts", "20", "--engine", "wasm"];
const train = (steps: number, ...args: string[]) =>
  cli(
    ["train", "Pendulum-v1", "--steps", `${steps}`, "--run", join(mounted, "run"), ...tiny, ...args],
    scratch,
  );

describe.skipIf(!canMount)("a disk", () => {
  it("that fills up ends the run with a clear error; with room again it goes on from the last checkpoint", async () => {
    expect((await train(400, "--checkpoint-every", "200")).code).toBe(0);
    const before = readRun(join(mounted, "run")).metrics.length;
    // All but some 40 kB are taken: rows and checkpoints soon find no room.
    writeFileSync(join(mounted, "taken"), "");
    for (let size = 600; size > 0; size -= 4) {
      try {
        writeFileSync(join(mounted, "taken"), Buffer.alloc(1024 * size));
        break;
      } catch {}
    }
    const full = await train(100_000, "--resume", "--checkpoint-every", "200");
    expect(full.code).toBe(1);
    expect(full.stderr).toMatch(/ENOSPC|no space left/);
    expect(full.stderr).not.toMatch(/^ +at /m);
    rmSync(join(mounted, "taken"));
    const { code, stdout } = await train(600, "--resume", "--checkpoint-every", "200");
    expect([code, stdout]).toEqual([0, expect.stringContaining("going on at step")]);
    const rows = readRun(join(mounted, "run")).metrics.map((row) => row["time/total_timesteps"]);
    expect(rows.slice(0, before)).toEqual([100, 200, 300, 400]);
    expect(rows).toEqual([...new Set(rows)].sort((a, b) => a! - b!));
  }, 120_000);

  it("that may only be read is refused before anything is trained", async () => {
    expect(mount("-o", "remount,ro")).toBe(true);
    const { code, stderr } = await cli(
      ["train", "Pendulum-v1", "--steps", "100", "--run", join(mounted, "other"), ...tiny],
      scratch,
    );
    expect([code, stderr]).toEqual([2, expect.stringContaining("Expected a directory to write a run into")]);
    const resumed = await train(1000, "--resume");
    expect(resumed.code).not.toBe(0);
    expect(resumed.stderr).not.toMatch(/^ +at /m);
    expect(readRun(join(mounted, "run")).metrics.length).toBeGreaterThan(3);
    mount("-o", "remount,rw");
  });
});

it("a clock that jumps back changes nothing but the wall times", async () => {
  const times = [1e12, 2e12, 5e11, 0, 3e12];
  const run = await RunDirectory.create(join(scratch, "clock"), {
    env: "Pendulum-v1",
    seed: 0,
    engine: "wasm",
    config: {},
    clock: () => times.shift() ?? 1e12,
  });
  for (const step of [100, 200, 300]) run.log(step, { "train/ent_coef": step });
  run.close({ outcome: "finished" });
  expect(readRun(join(scratch, "clock")).metrics.map((row) => row["train/ent_coef"])).toEqual([
    100, 200, 300,
  ]);
  expect(existsSync(join(scratch, "clock", "metrics.jsonl"))).toBe(true);
  expect(readFileSync(join(scratch, "clock", "metrics.jsonl"), "utf8").split("\n")).toHaveLength(4);
});
