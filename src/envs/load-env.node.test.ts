import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { checkEnv } from "./check/check-env.ts";
import { isModulePath, loadEnv, loadVectorEnv } from "./load-env.node.ts";
import { stateful } from "./stateful.ts";
import { TimeLimit } from "./wrappers/time-limit.ts";

const example = fileURLToPath(new URL("../../examples/my-env.js", import.meta.url));

it("loads the example, which the checker finds correct", async () => {
  const env = await loadEnv(example);
  expect(env).toBeInstanceOf(TimeLimit);
  expect(env.id).toBe("thermostat");
  expect(await checkEnv(env)).toEqual([]);
});

it("tells paths from ids", () => {
  for (const path of ["./a.js", "../a", "/a/b.mjs", "C:\\a.js", "my-env.js", "envs/a.ts", "file:///a.js"]) {
    expect(isModulePath(path), path).toBe(true);
  }
  for (const id of ["Pendulum-v1", "tempered/PointMass-v0", "a.json"])
    expect(isModulePath(id), id).toBe(false);
});

it("makes envs by id, with options", async () => {
  const env = await loadEnv("tempered/PointMass-v0", { dimensions: 2 });
  expect(env.actionSpace).toMatchObject({ shape: [2] });
  await expect(loadEnv("Pendulm-v1")).rejects.toThrow('did you mean "Pendulum-v1"?');
});

it("makes several of a name, which are strangers to each other", async () => {
  const env = await loadVectorEnv("Pendulum-v1", 3);
  expect(env).toMatchObject({ id: "Pendulum-v1", count: 3, autoreset: "next-step" });
  const { observations } = await env.reset({ seed: 1 });
  expect(new Set(observations.filter((_, i) => i % 3 === 2)).size).toBe(3);
  await expect(loadVectorEnv("Pendulm-v1", 2)).rejects.toThrow('did you mean "Pendulum-v1"?');
});

describe("modules", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "tempered-envs-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  let count = 0;
  const load = async (source: string, options?: Record<string, unknown>) => {
    const path = join(folder, `env-${count++}.mjs`);
    await writeFile(path, source);
    return loadEnv(path, options);
  };
  const body = `
    observationSpace = tools.box(0, 1); actionSpace = tools.box(-1, 1, [size]);
    reset() { return { observation: new Float32Array(1), info: {} }; }
    step() { return { ...this.reset(), reward: 0, terminated: false, truncated: false }; }`;
  const source = (declaration: string) =>
    `${declaration} function make(tools, size, id) { return new (class { id = id; ${body} })(); }`;

  it("that do not answer are given up", async () => {
    vi.stubEnv("TEMPERED_TIMEOUT", "0.1");
    const pending = { code: "ENV_TIMEOUT", message: expect.stringContaining("within 0.1 s") };
    try {
      await expect(load("await new Promise(() => {})")).rejects.toMatchObject(pending);
      await expect(load("export default () => new Promise(() => {})")).rejects.toMatchObject(pending);
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it("with observations of several parts are flattened", async () => {
    const env = await load(`export const maxEpisodeSteps = 5;
      export default ({ box, discrete, multiDiscrete, multiBinary, dict, tuple }) => ({
        id: "parts",
        observationSpace: dict({ a: box(0, 1, [2]), b: tuple([discrete(2), multiBinary(1), multiDiscrete([1, 2])]) }),
        actionSpace: box(-1, 1),
        reset: () => ({ observation: { a: [0.5, 1], b: [1, [1], [0, 1]] }, info: {} }),
        step() { return { ...this.reset(), reward: 0, terminated: false, truncated: false }; },
      });`);
    expect(env.observationNames).toEqual([
      "a[0]",
      "a[1]",
      "b.0=0",
      "b.0=1",
      "b.1[0]",
      "b.2[0]=0",
      "b.2[1]=0",
      "b.2[1]=1",
    ]);
    expect([...(await env.reset()).observation]).toEqual([0.5, 1, 0, 1, 1, 1, 0, 1]);
    expect((await env.step([0])).truncated).toBe(false);
    await expect(
      load(
        'export default ({ box }) => ({ id: "words", observationSpace: { kind: "text" }, actionSpace: box(0, 1), reset() {}, step() {} });',
      ),
    ).rejects.toThrow("turn texts into numbers of a fixed length");
  });

  it("with state() and restore() go on in the middle of an episode", async () => {
    const walk = `export const maxEpisodeSteps = 9;
      export default ({ box, RandomStream, stateOf, stateLike }) => {
        let [random, x] = [new RandomStream(0, "walk"), 0];
        const result = () => ({ observation: Float64Array.of(x), info: {} });
        return {
          id: "walk", observationSpace: box(-Infinity, Infinity), actionSpace: box(-1, 1),
          reset() { x = 0; return result(); },
          step() { x += random.normal(); return { ...result(), reward: x, terminated: false, truncated: false }; },
          state: () => stateOf("walk", { random: random.state(), x: Float64Array.of(x) }),
          restore(state) {
            const own = stateLike(this.state(), state);
            [random, x] = [RandomStream.from(own.random), own.x[0]];
          },
        };
      };`;
    const [one, other] = [await load(walk), await load(walk)];
    await one.reset();
    for (let i = 0; i < 4; i++) await one.step([0]);
    const state = structuredClone(stateful(one).state());
    await stateful(other).restore(state);
    for (let i = 4; i < 9; i++) {
      const expected = await one.step([0]);
      expect(await other.step([0])).toEqual(expected);
      expect(expected.truncated).toBe(i === 8);
    }
  });

  it("may export a function, an async function or a class, and take options", async () => {
    const made = await load(source(`export default (tools, options) => make(tools, options.size, "a");`), {
      size: 3,
    });
    expect(made.actionSpace).toMatchObject({ shape: [3] });
    expect((await load(source(`export default async (tools) => make(tools, 1, "b");`))).id).toBe("b");
    const ofClass = `let tools; const size = 1; const given = (t) => { tools = t; };
      export default class Env { constructor(t) { given(t); this.observationSpace = t.box(0, 1); this.actionSpace = t.box(0, 1); this.id = "c"; } reset() {} step() {} }`;
    expect((await load(ofClass)).id).toBe("c");
  });

  it("that fail for one of several have the others closed", async () => {
    const path = join(folder, "third-fails.mjs");
    await writeFile(
      path,
      source(`globalThis.closed = 0; let made = 0;
        export default (tools) => {
          if (++made === 3) throw new Error("enough");
          return Object.assign(make(tools, 1, "e"), { close: () => void globalThis.closed++ });
        };`),
    );
    await expect(loadVectorEnv(path, 4)).rejects.toThrow("enough");
    expect(globalThis).toMatchObject({ closed: 2 });
  });

  it("may say how long an episode is", async () => {
    const env = await load(
      source(`export const maxEpisodeSteps = 7; export default (tools) => make(tools, 1, "d");`),
    );
    expect(env).toMatchObject({ maxEpisodeSteps: 7 });
    await expect(
      load(source(`export const maxEpisodeSteps = "7"; export default (tools) => make(tools, 1, "d");`)),
    ).rejects.toThrow('maxEpisodeSteps to be a number, got the string "7"');
  });

  it.each([
    ["no default export", "export const env = 1;", "(a function or a class), got undefined"],
    ["an object", "export default {};", "(a function or a class), got an object of type Object"],
    ["a syntax error", "export default {", "a module that can be imported, got "],
    [
      "an exception",
      'export default () => { throw new RangeError("no"); };',
      "got the exception: RangeError: no",
    ],
    [
      "no env",
      "export default () => ({ id: 'x' });",
      "got one with these errors:\n- Expected a method reset(), got undefined",
    ],
  ])("%s is refused", async (_, text, message) => {
    await expect(load(text)).rejects.toMatchObject({
      code: "ENV_MODULE",
      message: expect.stringContaining(message),
    });
  });

  it("a missing file is refused with its full path", async () => {
    await expect(loadEnv("./nowhere/env.js")).rejects.toThrow(
      /^\.\/nowhere\/env\.js: expected an ES module, got no file at \/.*\/nowhere\/env\.js/,
    );
  });
});
