// What people type who come from elsewhere, and what they are told.

import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { inProcess } from "../child.fixture.ts";
import { mustBeTrusted } from "../trust.ts";

it.each([
  ["--ent-coef", "that is --alpha here"],
  ["--ent_coef", "that is --alpha here"],
  ["--total-timesteps", "that is --steps here"],
  ["--n-timesteps", "that is --steps here"],
  ["--lr", "that is --learning-rate here"],
  ["--net-arch", "that is --hidden here"],
  ["--num-envs", "that is --envs here"],
  ["--env-id", "the environment is the command's argument"],
  ["--tensorboard-log", "a run's directory is --run DIR"],
  ["--device", "updates run on the CPU"],
])("train %s", async (flag, answer) => {
  const { code, stderr } = await inProcess(["train", "Pendulum-v1", flag, "1"]);
  expect([code, stderr]).toEqual([2, expect.stringContaining(`there is no flag ${flag}; ${answer}`)]);
});

it.each([
  ["LunarLanderContinuous-v3", 'Gymnasium has it: "gymnasium:LunarLanderContinuous-v3"'],
  ["BipedalWalker-v3", '"gymnasium:BipedalWalker-v3" runs it in your Python'],
  ["HalfCheetah-v4", 'did you mean "HalfCheetah-v5"? That version comes along; "gymnasium:HalfCheetah-v4"'],
  ["Pendulum-v0", 'did you mean "Pendulum-v1"? That version'],
  ["pendulum-v1", 'did you mean "Pendulum-v1"?'],
  ["Pendulm-v1", 'did you mean "Pendulum-v1"?'],
  ["ALE/Pong-v5", "its observations are pictures"],
  ["MyTask-v2", 'where your Gymnasium has it: "gymnasium:MyTask-v2"'],
])("train %s", async (env, answer) => {
  const { code, stderr } = await inProcess(["train", env]);
  expect([code, stderr]).toEqual([2, expect.stringContaining(answer)]);
});

it("bench takes --batch-size", async () => {
  const args = [
    "bench",
    "--batch-size",
    "16",
    "--hidden",
    "8",
    "--engine",
    "wasm",
    "--seconds",
    "0.05",
    "--json",
  ];
  const { code, stdout } = await inProcess(args);
  expect([code, JSON.parse(stdout)]).toEqual([0, expect.objectContaining({ batch: 16 })]);
});

describe("a run made elsewhere whose environment is code", () => {
  const ask = async (answer: string, isTTY = true) => {
    const terminal = () => Object.assign(new PassThrough(), { isTTY });
    const [input, output] = [terminal(), terminal()];
    input.end(answer);
    const run = { env: "/theirs/env.mjs", origin: "00" };
    const asked = mustBeTrusted("runs/theirs", run, undefined, { input, output });
    return [await asked.catch(({ code }) => code), String(output.read() ?? "")] as const;
  };
  it("is run by whoever answers y at a terminal, and by nobody else", async () => {
    const [answered, question] = await ask("y\n");
    expect(answered).toBeUndefined();
    expect(question).toContain('"/theirs/env.mjs"\nHave you looked at it, and shall it be run? y/N ');
    for (const no of ["n\n", "\n", "yeah\n"]) expect((await ask(no))[0]).toBe("RUN_ORIGIN");
    expect(await ask("y\n", false)).toEqual(["RUN_ORIGIN", ""]);
  });
});
