// Every preset through the whole command line: trained, gone on with, judged by the doctor while and after it ran, evaluated
// and exported. Small networks and few steps: whether it learns is for bench/studies/presets.toml.

import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type PresetName, presetNames } from "../../agent/presets.ts";
import { inProcess } from "../child.fixture.ts";

const scratch = mkdtempSync(join(tmpdir(), "tempered-presets-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const small = ["--hidden", "64", "--batch-size", "32"];
/** What a preset's many or wide parts are here. */
const smaller: { readonly [name in PresetName]?: readonly string[] } = {
  redq: ["--gradient-steps", "4", "--policy-delay", "4", "--critics", "4"],
  droq: ["--gradient-steps", "4", "--policy-delay", "4"],
  crossq: ["--critic-hidden", "128,128"],
  simba: ["--critic-hidden", "64,64", "--learning-rate", "linear:3e-4:1e-4:1000"],
};
const doctorOf = async (run: string) =>
  JSON.parse((await inProcess(["doctor", run, "--json"])).stdout).runs[0];

describe.each(presetNames)("--preset %s", (preset) => {
  const env = preset === "discrete" ? "CartPole-v1" : "Pendulum-v1";
  const run = join(scratch, preset);
  const args = ["train", env, "--preset", preset, ...small, ...(smaller[preset] ?? [])];

  it("trains, goes on, and nothing is wrong with it", async () => {
    const at = [...args, "--seed", "1", "--engine", "wasm", "--threads", "1", "--run", run, "--quiet"];
    const first = await inProcess([...at, "--steps", "700", "--eval-episodes", "1"]);
    expect([first.stderr, first.code]).toEqual(["", 0]);
    const rest = await inProcess([...at, "--steps", "1400", "--eval-episodes", "1", "--resume"]);
    expect([rest.stderr, rest.code]).toEqual(["", 0]);
    const rows = readFileSync(join(run, "metrics.jsonl"), "utf8").trim().split("\n");
    expect(JSON.parse(rows.at(-1)!)["time/total_timesteps"]).toBe(1400);
    const { verdict, findings } = await doctorOf(run);
    expect(findings.filter(({ severity }: { severity: string }) => severity !== "info")).toEqual([]);
    expect(["healthy", "inconclusive"]).toContain(verdict);
  });

  it("is evaluated and exported", async () => {
    const evaluated = await inProcess(["eval", run, "--episodes", "2", "--json"]);
    expect(JSON.parse(evaluated.stdout).episodes).toBe(2);
    const files = ["policy.js", "policy.onnx", "actor.safetensors"].map((name) => join(run, name));
    const [js, onnx, safetensors] = files as [string, string, string];
    const exported = await inProcess([
      "export",
      run,
      "--js",
      js,
      "--onnx",
      onnx,
      "--safetensors",
      safetensors,
    ]);
    expect(exported.code).toBe(0);
    for (const file of files) expect(statSync(file).size).toBeGreaterThan(1000);
  });
});
