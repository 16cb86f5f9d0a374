// A run goes on with the engine, threads and arithmetic that it was begun with, whatever would be chosen now.

import "../engines/wasm/relaxed.fixture.ts";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { hasFused } from "../engines/index.ts";
import type { RunManifest } from "../runs/run-manifest.ts";
import { type TrainSettings, trainConfig } from "./settings.ts";
import { train } from "./train.ts";

const scratch = mkdtempSync(join(tmpdir(), "tempered-engine-"));
afterAll(() => rmSync(scratch, { recursive: true }));

const small: TrainSettings & { env: string } = {
  env: "Pendulum-v1",
  engine: "wasm",
  hidden: [8, 8],
  batchSize: 8,
  learningStarts: 20,
  evalEpisodes: 1,
};
/** Trains to `steps`, what is there going on; the run's metrics without clock and evaluations, which end every call. */
async function trained(name: string, steps: number, settings: TrainSettings = {}): Promise<string> {
  const path = join(scratch, name);
  const config = trainConfig({ ...small, ...settings, steps });
  for await (const _ of train(config, { run: path, resume: true })) void _;
  return readFileSync(join(path, "metrics.jsonl"), "utf8").replaceAll(
    /,?"(time\/(fps|time_elapsed)|eval\/mean_reward)":[^,}]*/g,
    "",
  );
}
const manifestOf = (name: string): RunManifest =>
  JSON.parse(readFileSync(join(scratch, name, "run.json"), "utf8"));
const rewrite = (name: string, change: (manifest: RunManifest) => object) =>
  writeFileSync(join(scratch, name, "run.json"), JSON.stringify(change(manifestOf(name))));

it("run.json says what auto chose", async () => {
  await trained("auto", 30);
  const { threads, arithmetic, config } = manifestOf("auto");
  expect({ threads, arithmetic }).toEqual({ threads: 1, arithmetic: hasFused() ? "fused" : "portable" });
  expect(config).toMatchObject({ threads: "auto", arithmetic: "auto" });
});

it("a portable run goes on portable, to the bit, where auto would be fused", async () => {
  await trained("portable", 100, { arithmetic: "portable" });
  expect(manifestOf("portable").arithmetic).toBe("portable");
  const resumed = await trained("portable", 200);
  expect(manifestOf("portable").arithmetic).toBe("portable");
  expect(resumed).toBe(await trained("portable in one", 200, { arithmetic: "portable" }));
  if (hasFused()) expect(resumed).not.toBe(await trained("fused in one", 200, { arithmetic: "fused" }));
});

it("a run of an older version, which said neither, goes on portable and with its setting's threads", async () => {
  await trained("older", 30, { arithmetic: "portable", threads: 1 });
  rewrite("older", ({ threads: _, arithmetic: __, config: { arithmetic: ___, ...config }, ...rest }) => ({
    ...rest,
    config,
  }));
  await trained("older", 40);
  expect(manifestOf("older")).toMatchObject({ threads: 1, arithmetic: "portable" });
});

it("what was chosen may be named, and another is refused", async () => {
  await trained("named", 30, { arithmetic: "portable" });
  await trained("named", 40, { arithmetic: "portable", threads: 1 });
  await expect(trained("named", 50, { threads: 2 })).rejects.toThrow("threads was 1 and is 2");
  if (hasFused()) {
    await expect(trained("named", 50, { arithmetic: "fused" })).rejects.toThrow(
      'arithmetic was "portable" and is "fused"',
    );
  }
});

it("a run with onnxruntime keeps its threads and has no arithmetic to keep", async () => {
  const settings = { engine: "onnxruntime", threads: 2 } as const;
  await trained("onnx", 30, settings);
  await trained("onnx", 40, { engine: "onnxruntime" });
  const { threads, arithmetic } = manifestOf("onnx");
  expect({ threads, arithmetic }).toEqual({ threads: 2, arithmetic: undefined });
});

it("a fused run is refused where there is none, with what to do", async () => {
  await trained("fused", 30, { arithmetic: "portable" });
  rewrite("fused", (manifest) => ({ ...manifest, arithmetic: "fused" }));
  const here = WebAssembly.validate;
  const { vi } = await import("vitest");
  vi.resetModules();
  try {
    WebAssembly.validate = () => false;
    const without = await import("./train.ts");
    const config = trainConfig({ ...small, steps: 40 });
    const going = async () => {
      for await (const _ of without.train(config, { run: join(scratch, "fused"), resume: true })) void _;
    };
    await expect(going()).rejects.toMatchObject({
      code: "ARITHMETIC",
      message: expect.stringContaining("--arithmetic portable"),
    });
  } finally {
    WebAssembly.validate = here;
  }
});
