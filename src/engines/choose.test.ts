// Which engine is chosen where onnxruntime-node is installed; onnxruntime/index.test.ts tells of where it is not.

import { expect, it } from "vitest";
import { chooseEngine } from "./choose.ts";

it.each([
  [{}, "onnxruntime", 1],
  [{ engine: "auto", threads: 2 }, "onnxruntime", 2],
  [{ engine: "onnxruntime" }, "onnxruntime", 1],
  [{ engine: "wasm" }, "wasm", 1],
] as const)("%j chooses %s with %d", async (choice, name, threads) => {
  const engine = await chooseEngine(choice);
  expect([engine.name, engine.threads]).toEqual([name, threads]);
  await engine.dispose();
});
