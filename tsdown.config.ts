import { defineConfig } from "tsdown";

// One output file a source file: the lazily loaded parts (engines, environments, files named *.node.ts) stay apart,
// so that a bundler of somebody else's web page leaves out what it does not use.
export default defineConfig({
  entry: [
    "src/index.ts",
    "src/sac/index.ts",
    "src/agent/index.ts",
    "src/export/index.ts",
    "src/import/index.ts",
    "src/training/index.ts",
    "src/sac/temperature.ts",
    "src/envs/index.ts",
    "src/envs/mujoco/index.ts",
    "src/envs/gymnasium/index.ts",
    "src/runs/index.ts",
    "src/doctor/index.ts",
    "src/graph/index.ts",
    "src/engines/index.ts",
    "src/engines/onnxruntime/absent.ts",
    "src/agent/agent-text.browser.ts",
    "src/statistics/index.ts",
    "src/sweep/index.ts",
    "src/sweep/segment-process.ts",
    "src/cli/main.ts",
    "src/dashboard/diagnosis-thread.ts",
  ],
  unbundle: true,
  // Neither Node's helpers nor a browser's go into what both import.
  platform: "neutral",
  inputOptions: { resolve: { mainFields: ["module", "main"] } },
  // What Node has built in: found by Node, not by the bundler.
  deps: { neverBundle: [/^node:/] },
  format: "esm",
  target: "es2023",
  dts: true,
  // Agents and the like can be disposed of; a page that compiles for ES2022 has no word for that.
  banner: { dts: '/// <reference lib="esnext.disposable" />' },
  fixedExtension: false,
});
