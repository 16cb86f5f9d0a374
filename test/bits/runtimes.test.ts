// The same bits everywhere, in either arithmetic: this Node with 1 and 2 threads, Node 22 and 24, and Chromium. The hashes are
// committed: a change of anything that decides the future shows here, and must then be meant.
//
// Node 22 and 24 are the npm package `node`, installed once into temporary folders; Chromium is CHROMIUM_PATH or Debian's.

import "../../src/engines/wasm/relaxed.fixture.ts";
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
import { hasFused } from "../../src/engines/wasm/arithmetic.ts";
import { hasChromium, launchBrowser } from "../web/browser.fixture.ts";
import { type Fingerprints, fingerprints } from "./fingerprints.ts";

const committed = {
  portable: {
    arithmetic: "portable",
    updates: "d6b1d36318e38194e333a601889468a806f66c09018a874a805fb70ace051940",
    pendulum: "4a64d82feeb02c5c1954520ddb38bd5c6f45b0bbc60b92c6893827392c7c0076",
  },
  fused: {
    arithmetic: "fused",
    updates: "25989d253c96e3e34dcfc820461255b4268c53606d9125281fdd7b81d293a956",
    pendulum: "bbc4eebd6bf8ad85b8f528976cfb7fe3bc090ff0bf54b492f8816763126fc699",
  },
};
/** Both where this processor has both. */
const arithmetics = hasFused() ? (["portable", "fused"] as const) : (["portable"] as const);
const runs = arithmetics.flatMap((arithmetic) => [1, 2].map((threads) => ({ arithmetic, threads })));

const run = promisify(execFile);
const NODES = ["22.23.3", "24.21.0"];

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
  it.each(runs)("in this Node, $arithmetic with $threads threads", async ({ arithmetic, threads }) => {
    expect(await fingerprints(threads, arithmetic)).toEqual({ threads, ...committed[arithmetic] });
  });

  it.for(NODES)("in Node %s with 1 and 2 threads", async (version, { skip }) => {
    const folder = join(tmpdir(), `tempered-node-${version}`);
    const node = join(folder, "node_modules", "node", "bin", "node");
    if (!existsSync(node)) {
      await mkdir(folder, { recursive: true });
      try {
        await run("npm", ["install", "--prefix", folder, "--no-audit", "--no-fund", `node@${version}`]);
      } catch {
        skip(`npm cannot install node@${version} here`);
      }
    }
    await writeFile(join(folder, "package.json"), '{ "type": "module" }');
    for (const [name, code] of files) await writeFile(join(folder, name), code);
    const script = `import { fingerprints } from ${JSON.stringify(join(folder, ENTRY))};
      const prints = [];
      for (const { threads, arithmetic } of ${JSON.stringify(runs)}) prints.push(await fingerprints(threads, arithmetic));
      console.log(JSON.stringify([process.version, prints]));`;
    const { stdout } = await run(node, ["--input-type=module", "--eval", script]);
    const expected = runs.map(({ threads, arithmetic }) => ({ threads, ...committed[arithmetic] }));
    expect(JSON.parse(stdout)).toEqual([`v${version}`, expected]);
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
      const onPage = async (
        path: string,
        { threads, arithmetic }: (typeof runs)[0],
      ): Promise<Fingerprints> => {
        await page.goto(`http://127.0.0.1:${port}${path}`);
        // A string: vitest would rewrite the import of a function.
        return page.evaluate(
          `import("/${ENTRY}").then((module) => module.fingerprints(${threads}, "${arithmetic}"))`,
        );
      };
      for (const each of runs) {
        expect(await onPage("/isolated", each)).toEqual({
          threads: each.threads,
          ...committed[each.arithmetic],
        });
      }
      // Memory cannot be shared here: one thread does the work of two.
      const alone = await onPage("/plain", { threads: 2, arithmetic: "portable" });
      expect(alone).toEqual({ threads: 1, ...committed.portable });
    } finally {
      await browser.close();
      pages.close();
    }
  });
});
