// Some of the broken environments of test/fuzz/environments.ts, which trains in two hundred.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { checkEnvironment } from "../../../test/fuzz/check-environment.ts";

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), "tempered-broken-"));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

it("a run ends with an outcome and an agent that can be loaded, whatever its environment does", async () => {
  const outcomes = new Set<string>();
  for (let index = 0; index < 12; index++) outcomes.add(await checkEnvironment(index, scratch));
  expect(outcomes).toContain("failed");
}, 180_000);
