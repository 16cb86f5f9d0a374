// A study on a file system that fills up, a real one of memory. Mounting wants root; without it this is left out.

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { cli } from "../../src/cli/child.fixture.ts";

const scratch = mkdtempSync(join(tmpdir(), "tempered-full-"));
const mounted = join(scratch, "small");
mkdirSync(mounted);
const canMount = spawnSync("mount", ["-t", "tmpfs", "-o", "size=4m", "tmpfs", mounted]).status === 0;
afterAll(() => {
  if (canMount) spawnSync("umount", [mounted]);
  rmSync(scratch, { recursive: true, force: true });
});

describe.skipIf(!canMount)("a sweep on a disk that fills up", () => {
  it("ends with a clear error and no failed run, and goes on when there is room", async () => {
    const study = join(scratch, "study.toml");
    writeFileSync(
      study,
      'name = "x"\nenv = "Pendulum-v1"\nsteps = 900\nsegment = 300\n[settings]\nengine = "wasm"\nhidden = [16, 16]\nbatchSize = 32\nevalEpisodes = 1\n',
    );
    const sweep = () =>
      cli(["sweep", study, "--out", join(mounted, "out"), "--yes", "--json", "--workers", "1"], scratch);
    // Room for the beginning of a run, but not for its first checkpoint.
    const { bavail, bsize } = statfsSync(mounted);
    writeFileSync(join(mounted, "taken"), Buffer.alloc(bavail * bsize - 150_000));
    const full = await sweep();
    expect(full.stderr).toMatch(
      /Expected to be able to work in .*ENOSPC.*start again, which goes on where this ended/,
    );
    expect(full.code).toBe(1);
    expect(full.stdout).not.toMatch(/"event":"run"/);
    rmSync(join(mounted, "taken"));
    const { code, stdout } = await sweep();
    expect(stdout).toMatch(/"event":"done","interrupted":false,"finished":1,"failed":0/);
    expect(code).toBe(0);
  }, 240_000);
});
