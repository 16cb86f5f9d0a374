// Exported policies in a real Chromium: the JavaScript module, and the ONNX model in onnxruntime-web.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { policyModel, policyModule } from "../../src/export/index.ts";
import { type Served, served } from "../web/browser.fixture.ts";
import { hasChromium, launch } from "../web/harness.ts";
import { cases, type Exported } from "./agents.ts";

const ort = fileURLToPath(new URL("../../node_modules/onnxruntime-web/dist/", import.meta.url));
const types: Readonly<Record<string, string>> = {
  js: "text/javascript",
  mjs: "text/javascript",
  wasm: "application/wasm",
  onnx: "application/octet-stream",
  html: "text/html",
};

describe.skipIf(!hasChromium)("in Chromium", () => {
  let browser: Browser;
  let site: Served;
  let made: Exported;
  beforeAll(async () => {
    made = await cases[1]!.make();
    const files: Readonly<Record<string, string | Uint8Array>> = {
      "index.html": "<!doctype html><title>policies</title>",
      "policy.js": policyModule(made.policy),
      "policy.onnx": policyModel(made.policy),
    };
    site = await served((request) => {
      const name = new URL(request.url).pathname.slice(1) || "index.html";
      const content = files[name] ?? (/^ort[\w.-]+$/.test(name) ? readFileSync(`${ort}${name}`) : undefined);
      const type = types[name.split(".").at(-1)!] ?? "text/plain";
      return new Response(content as string | undefined, {
        status: content === undefined ? 404 : 200,
        headers: { "content-type": type },
      });
    });
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
    await site?.[Symbol.asyncDispose]();
  });

  const farthest = (found: readonly number[]) =>
    made.actions.flat().reduce((most, value, i) => Math.max(most, Math.abs(value - found[i]!)), 0);

  /** What `body`, which sees the observations, evaluates to in a page. As text: the test runner rewrites imports. */
  async function inPage(body: string): Promise<readonly number[]> {
    const page = await browser.newPage();
    await page.goto(site.url);
    const observations = JSON.stringify(made.observations.map((row) => [...row]));
    const found = await page.evaluate<number[]>(`(async (observations) => { ${body} })(${observations})`);
    await page.close();
    return found;
  }

  it("the module acts as the agent does", async () => {
    const found = await inPage(`
      const { createPolicy } = await import("/policy.js");
      const policy = createPolicy();
      return observations.flatMap((observation) => [...policy.act(observation)]);
    `);
    expect(found).toHaveLength(made.actions.flat().length);
    expect(farthest(found)).toBeLessThan(1e-6);
  });

  it("the model acts as the agent does in onnxruntime-web", async () => {
    const found = await inPage(`
      const ort = await import("/ort.wasm.min.mjs");
      ort.env.wasm.numThreads = 1;
      ort.env.wasm.wasmPaths = "/";
      const session = await ort.InferenceSession.create("/policy.onnx");
      const shape = [observations.length, observations[0].length];
      const observation = new ort.Tensor("float32", Float32Array.from(observations.flat()), shape);
      return Array.from((await session.run({ observation })).action.data);
    `);
    expect(found).toHaveLength(made.actions.flat().length);
    expect(farthest(found)).toBeLessThan(1e-6);
  }, 60_000);
});
