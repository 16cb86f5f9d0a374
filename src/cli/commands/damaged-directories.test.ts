// Some of the damaged agents and runs of test/fuzz/directories.ts, which loads two thousand.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { checkDirectory, type Originals, originals } from "../../../test/fuzz/check-directory.ts";
import { chooseEngine } from "../../engines/choose.ts";

let scratch: string;
let made: Originals;
beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), "tempered-damaged-"));
  const engines = [await chooseEngine({ engine: "wasm" }), await chooseEngine({ engine: "onnxruntime" })];
  made = await originals(scratch, engines);
});
afterAll(async () => {
  for (const engine of made?.engines ?? []) await engine.dispose();
  rmSync(scratch, { recursive: true, force: true });
});

it("damaged agents and runs are loaded with the original's results, or refused in a line, at once", async () => {
  const outcomes = new Set<string>();
  for (let index = 0; index < 120; index++) {
    const began = performance.now();
    outcomes.add(await checkDirectory(index, made));
    expect(performance.now() - began).toBeLessThan(5000);
  }
  expect(outcomes).toContain("refused");
  expect(outcomes).toContain("as the original");
}, 120_000);
