// The engine as a whole: what it says where its package is missing, and that it does not grow.

import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { runScript } from "../../../test/run-script.ts";
import { onnxruntimeEngine } from "./index.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));

describe("where onnxruntime-node is not installed", () => {
  it("the engine names the line that installs it, and wasm is chosen instead", async () => {
    const copy = mkdtempSync(join(tmpdir(), "tempered-"));
    try {
      cpSync(join(root, "src"), join(copy, "src"), { recursive: true });
      cpSync(join(root, "test/engines"), join(copy, "test/engines"), { recursive: true });
      cpSync(join(root, "package.json"), join(copy, "package.json"));
      for (const installed of ["@bufbuild/protobuf", "onnx-buf"]) {
        mkdirSync(dirname(join(copy, "node_modules", installed)), { recursive: true });
        symlinkSync(join(root, "node_modules", installed), join(copy, "node_modules", installed));
      }
      const missing = {
        code: "ENGINE_MISSING",
        message: expect.stringContaining("install it with `npm install onnxruntime-node"),
      };
      expect(await runScript(join(copy, "test/engines/without-onnxruntime.ts"))).toEqual({
        asked: missing,
        insisted: missing,
        chosen: "wasm",
      });
    } finally {
      rmSync(copy, { recursive: true });
    }
  });
});

it("10,000 updates leave the process no larger", async () => {
  const result = await runScript(join(root, "test/engines/ten-thousand-updates.ts"), ["--expose-gc"]);
  expect((result as { grownMiB: number }).grownMiB).toBeLessThan(8);
}, 60_000);

it.each([0, -1, 1.5, Number.NaN])("refuses %s threads", async (threads) => {
  await expect(onnxruntimeEngine({ threads })).rejects.toMatchObject({
    code: "THREADS",
    message: `Expected threads to be a positive integer, got ${threads}`,
  });
});
