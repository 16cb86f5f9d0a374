// A real Chromium and a built lab for the tests of the pages.

import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { serve } from "@hono/node-server";
import { type Browser, chromium } from "playwright-core";
import { build } from "vite";
import { labSite } from "../../src/cli/lab/site.ts";

const CONFIG = fileURLToPath(new URL("../../web/lab/vite.config.ts", import.meta.url));
const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

const executablePath = [process.env.CHROMIUM_PATH ?? "", ...CHROMIUM].find((path) => existsSync(path));
/** Tests that need it are skipped where there is none. */
export const hasChromium = executablePath !== undefined;

export function launchBrowser(): Promise<Browser> {
  if (executablePath === undefined) {
    throw new Error(
      `Expected Chromium at one of ${CHROMIUM.join(", ")}; install it (Debian: apt-get install chromium)`,
    );
  }
  const args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"];
  return chromium.launch({
    executablePath,
    args: [...args, "--disable-component-update", "--no-first-run"],
  });
}

export interface BuiltLab extends AsyncDisposable {
  readonly directory: string;
}

/** The lab, built as it is published, in a directory of its own. */
export async function buildLab(): Promise<BuiltLab> {
  const directory = await mkdtemp(join(tmpdir(), "tempered-lab-"));
  await build({
    configFile: CONFIG,
    logLevel: "error",
    build: { outDir: directory, emptyOutDir: true, reportCompressedSize: false },
  });
  return { directory, [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }) };
}

export interface Served extends AsyncDisposable {
  readonly url: string;
}

/** What `fetch` answers, on a free port. */
export async function served(fetch: (request: Request) => Response | Promise<Response>): Promise<Served> {
  const server = serve({ fetch, port: 0, hostname: "127.0.0.1" });
  if (!server.listening) await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** As `tempered lab` serves it. */
export function servedLab({ directory }: BuiltLab): Promise<Served> {
  const site = labSite(directory);
  return served((request) => site.fetch(request));
}
