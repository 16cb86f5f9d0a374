// What `tempered sweep` refuses before it begins, and how.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { inProcess } from "../child.fixture.ts";

const scratch = mkdtempSync(join(tmpdir(), "tempered-sweep-cli-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function study(text: string): string {
  const path = join(scratch, "study.toml");
  writeFileSync(path, text);
  return path;
}

const GOOD = 'name = "x"\nenv = "Pendulum-v1"\nsteps = 10\n';

describe("a sweep is refused with exit code 2", () => {
  it.each([
    [
      "for a key that is none",
      `${GOOD}[settings]\ngama = 0.9`,
      [],
      /study\.toml, line 5: there is no setting "gama"; did you mean "gamma"\?/,
    ],
    [
      "for an environment that is none",
      GOOD.replace("v1", "v9"),
      ["--yes"],
      /study\.toml, line 2: Expected the id of an env .*; did you mean "Pendulum-v1"\?/,
    ],
    ["where nobody can be asked", GOOD, [], /Expected --yes where nobody can be asked/],
    ["without anybody to do it", GOOD, ["--yes", "--workers", "0"], /--workers from 1 up/],
    [
      "where nothing can be written",
      GOOD,
      ["--yes", "--out", join(scratch, "study.toml", "below")],
      /to work in .*ENOTDIR.*put that right/,
    ],
    [
      "where there are no directories, whatever makes Node's own mkdir go on forever",
      GOOD,
      ["--yes", "--out", "/proc/tempered"],
      /to work in \/proc\/tempered, got: ENOENT/,
    ],
    [
      "for a database that is not there",
      GOOD,
      ["--yes", "--database", "postgres://x@127.0.0.1:1/x", "--out", join(scratch, "o")],
      /nothing listens there/,
    ],
    [
      "for a database that is none",
      GOOD,
      ["--yes", "--database", "here", "--out", join(scratch, "o")],
      /postgres:\/\/USER:PASSWORD@HOST/,
    ],
  ])("%s", async (_, text, flags, said) => {
    const { code, stderr } = await inProcess(["sweep", study(text), ...flags]);
    expect(stderr).toMatch(said);
    expect(code).toBe(2);
  });

  it("for a file that is not there", async () => {
    const { code, stderr } = await inProcess(["sweep", join(scratch, "none.toml")]);
    expect(stderr).toMatch(/Expected a study's file at .*none\.toml, found none/);
    expect(code).toBe(2);
  });
});

describe("--print slurm", () => {
  it("is a job array whose workers pull, without the password", async () => {
    const { code, stdout } = await inProcess([
      ...["sweep", study(GOOD), "--print", "slurm", "--workers", "7"],
      ...["--database", "postgres://me:secret@db/sweeps"],
    ]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^#!\/bin\/bash\n/);
    expect(stdout).toContain("#SBATCH --array=1-7\n");
    expect(stdout).toContain("exec tempered worker --database postgres://me@db/sweeps --workers 1 --once\n");
    expect(stdout).not.toContain("secret");
  });
});
