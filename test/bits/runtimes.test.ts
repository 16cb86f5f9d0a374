// The same bits everywhere: this Node with 1 and 2 threads, Node 22 and Chromium. The hashes are committed: a change of
// anything that decides the future shows here, and must then be meant.
//
// Node 22 is the npm package `node`, installed once into a temporary folder; Chromium is CHROMIUM_PATH or Debian's.

import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "vite";
import { beforeAll, describe, expect, it } from "vitest";
import { hasChromium, launchBrowser } from "../web/browser.fixture.ts";
import { type Fingerprints, fingerprints } from "./fingerprints.ts";

const committed = {
  updates: "d6b1d36318e38194e333a601889468a806f66c09018a874a805fb70ace051940",
  pendulum: "4a64d82feeb02c5c1954520ddb38bd5c6f45b0bbc60b92c6893827392c7c0076",
};

const run = promisify(execFile);
const NODE_22 = "22.23.3";

/** The bundle's files by name; the entry's is ENTRY. */
const files = new Map<string, string>();
const ENTRY = "fingerprints.js";
beforeAll(async () => {
  const entry = fileURLToPath(new URL("fingerprints.ts", import.meta.url));
  const built = await build({
    configFile: false,
    logLevel: "silent",
    build: {
      write: false,
      minify: false,
      target: "es2023",
      lib: { entry, formats: ["es"], fileName: () => ENTRY },
    },
  });
  const { output } = (Array.isArray(built) ? built[0]! : built) as {
    output: { fileName: string; code: string }[];
  };
  for (const { fileName, code } of output) files.set(fileName, code);
});

// Long, because a busy machine makes threads wait for each other.
describe("1,000 updates and 1,500 steps of Pendulum give the committed bits", { timeout: 300_000 }, () => {
  it.each([1, 2])("in this Node with %d threads", async (threads) => {
    expect(await fingerprints(threads)).toEqual({ threads, ...committed });
  });

  it.for([1, 2])("in Node 22 with %d threads", async (threads, { skip }) => {
    const folder = join(tmpdir(), `tempered-node-${NODE_22}`);
    const node = join(folder, "node_modules", "node", "bin", "node");
    if (!existsSync(node)) {
      await mkdir(folder, { recursive: true });
      try {
        await run("npm", ["install", "--prefix", folder, "--no-audit", "--no-fund", `node@${NODE_22}`]);
      } catch {
        skip(`npm cannot install node@${NODE_22} here`);
      }
    }
    await writeFile(join(folder, "package.json"), '{ "type": "module" }');
    for (const [name, code] of files) await writeFile(join(folder, name), code);
    const script = `import { fingerprints } from ${JSON.stringify(join(folder, ENTRY))};
      console.log(JSON.stringify([process.version, await fingerprints(${threads})]));`;
    const { stdout } = await run(node, ["--input-type=module", "--eval", script]);
    expect(JSON.parse(stdout)).toEqual([`v${NODE_22}`, { threads, ...committed }]);
  });

  it.skipIf(!hasChromium)("in Chromium, on a page that is isolated and on one that is not", async () => {
    const pages = createServer(({ url }, response) => {
      const script = files.get(url!.slice(1));
      response.setHeader("content-type", script === undefined ? "text/html" : "text/javascript");
      if (url !== "/plain") {
        response.setHeader("cross-origin-opener-policy", "same-origin");
        response.setHeader("cross-origin-embedder-policy", "require-corp");
      }
      response.end(script ?? "<!doctype html><title>bits</title>");
    });
    await new Promise<void>((resolve) => pages.listen(0, "127.0.0.1", resolve));
    const { port } = pages.address() as AddressInfo;
    const browser = await launchBrowser();
    try {
      const page = await browser.newPage();
      const onPage = async (path: string, threads: number): Promise<Fingerprints> => {
        await page.goto(`http://127.0.0.1:${port}${path}`);
        // A string: vitest would rewrite the import of a function.
        return page.evaluate(`import("/${ENTRY}").then((module) => module.fingerprints(${threads}))`);
      };
      expect(await onPage("/isolated", 1)).toEqual({ threads: 1, ...committed });
      expect(await onPage("/isolated", 2)).toEqual({ threads: 2, ...committed });
      // Memory cannot be shared here: one thread does the work of two.
      expect(await onPage("/plain", 2)).toEqual({ threads: 1, ...committed });
    } finally {
      await browser.close();
      pages.close();
    }
  });
});
