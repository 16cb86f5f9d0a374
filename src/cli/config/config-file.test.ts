import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { settingsOf } from "../../training/setting-names.ts";
import { fieldNames, metaOf, trainJsonSchema } from "../../training/settings.ts";
import { completeConfig, readConfigFile } from "./config-file.ts";

const scratch = mkdtempSync(join(tmpdir(), "tempered-config-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function file(name: string, text: string): string {
  const path = join(scratch, name);
  writeFileSync(path, text);
  return path;
}

describe("a config file", () => {
  it("takes other programs' names, in TOML and JSON", () => {
    const expected = {
      env: "Pendulum-v1",
      steps: 500,
      learningRate: 1e-3,
      hidden: [64, 64],
      alpha: "auto",
      initialAlpha: 0.1,
      targetEntropy: { shape: "cosine", start: 0, end: -1, steps: 400 },
    };
    const toml = file(
      "sb3.toml",
      `env_id = "Pendulum-v1"
       total_timesteps = 500
       lr = 1e-3
       ent_coef = "auto_0.1"
       target-entropy = { shape = "cosine", start = 0, end = -1, steps = 400 }
       [policy_kwargs]
       net_arch = [64, 64]`,
    );
    expect(readConfigFile(toml)).toEqual(expected);
    expect(readConfigFile(file("own.json", JSON.stringify(expected)))).toEqual(expected);
  });

  it("may have the temperature as a table, as the library has it", () => {
    const settings = settingsOf({ temperature: { learning_rate: 1e-4, min: 0.01, initialAlpha: 0.2 } });
    expect(settings).toEqual({ alphaLearningRate: 1e-4, alphaMin: 0.01, initialAlpha: 0.2 });
  });

  it("may be the run.json of a run to repeat", () => {
    const run = { format: "tempered-run/1", env: "Pendulum-v1", config: { env: "Pendulum-v1", seed: 3 } };
    expect(readConfigFile(file("run.json", JSON.stringify(run)))).toEqual({ env: "Pendulum-v1", seed: 3 });
  });

  it.each([
    [{ learning_rat: 1e-3 }, 'there is no setting "learning_rat"; did you mean "learningRate"?'],
    [{ temperature: { mini: 1 } }, 'there is no setting "temperature.mini"; did you mean "temperature.min"?'],
    [{ lr: 1e-3, learning_rate: 1e-3 }, "learning_rate and lr are the same setting; leave one of them out"],
    [{ batch_size: 0 }, "batch_size: expected an integer from 1 to 65536, got 0"],
    [{ tau: "fast" }, 'tau: expected a number above 0 and up to 1, got "fast"'],
    [{ ent_coef: -1 }, 'ent_coef: expected "auto" or a number from 0 up, got -1'],
    [{ ent_coef: "auto_x" }, "ent_coef: expected a number above 0"],
    [
      { hidden: "big" },
      'hidden: expected layer widths such as 256,256 (up to 32, each up to 16384), got "big"',
    ],
    [{ replay_buffer_class: "HerReplayBuffer" }, "replay_buffer_class: there is no hindsight replay (HER)"],
    [{ prioritized_replay: true }, "prioritized_replay: there is no prioritised replay"],
    [{ policy: "CnnPolicy" }, "policy: there are no convolutions for images"],
    [{ use_sde: true }, "use_sde: there is no state-dependent exploration"],
    [{ target_entropy: { shape: "step" } }, 'target_entropy: expected "auto", a number of nats, or'],
    [[1], "expected keys and values, got [1]"],
  ])("is refused: %j", (content, message) => {
    expect(() => settingsOf(content)).toThrow(message);
  });

  it("is named where it cannot be read", () => {
    expect(() => readConfigFile(join(scratch, "none.toml"))).toThrow(/none\.toml: there is no such file/);
    expect(() => readConfigFile(file("bad.toml", "a = ="))).toThrow(/bad\.toml: /);
    expect(() => readConfigFile(file("bad.yaml", "a: 1"))).toThrow(/ends in \.toml or \.json/);
  });
});

describe("a complete config", () => {
  it("has flags over the file over the defaults", () => {
    const config = completeConfig(
      { env: "a", seed: 1, tau: 0.01 },
      { env: "b", seed: undefined, gamma: 0.9 },
    );
    expect(config).toMatchObject({ env: "b", seed: 1, tau: 0.01, gamma: 0.9, steps: 10_000, alpha: "auto" });
  });

  it("needs an environment", () => {
    expect(() => completeConfig({}, {})).toThrow("expected an environment");
  });
});

describe("the schema", () => {
  it("describes every field, and no name means two fields", () => {
    const names = fieldNames.flatMap((name) => [name, ...(metaOf(name).aliases ?? [])]);
    const spellings = names.map((name) => name.replaceAll(/[-_]/g, "").toLowerCase());
    expect(new Set(spellings).size).toBe(spellings.length);
    for (const name of fieldNames) expect(metaOf(name).description, name).toMatch(/\.$/);
  });

  it("is a JSON Schema in which nothing is required", () => {
    const schema = JSON.parse(JSON.stringify(trainJsonSchema()));
    expect(schema.required).toBeUndefined();
    expect(schema.additionalProperties).toBe(false);
    expect(schema.properties.batchSize).toMatchObject({ type: "integer", minimum: 1, default: 256 });
  });
});
