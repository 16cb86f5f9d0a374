// A real Chromium, and the lab and the game built, for the tests of the pages.

import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { serve } from "@hono/node-server";
import { type Browser, chromium, type Page } from "playwright-core";
import { build } from "vite";
import { labSite } from "../../src/cli/lab/site.ts";

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

export interface BuiltPage extends AsyncDisposable {
  readonly directory: string;
}

/** The lab, built as it is published, in a directory of its own. */
export const buildLab = (): Promise<BuiltPage> => built("../../web/lab/vite.config.ts");

/** The game, as a static page. */
export const buildGame = (): Promise<BuiltPage> => built("../../examples/game/vite.config.ts");

async function built(config: string): Promise<BuiltPage> {
  const directory = await mkdtemp(join(tmpdir(), "tempered-page-"));
  await build({
    configFile: fileURLToPath(new URL(config, import.meta.url)),
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
export function servedLab({ directory }: BuiltPage): Promise<Served> {
  const site = labSite(directory);
  return served((request) => site.fetch(request));
}

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
};

/** As any static host does. */
export function servedGame({ directory }: BuiltPage): Promise<Served> {
  return served(async ({ url }) => {
    const { pathname } = new URL(url);
    const name = pathname === "/" ? "index.html" : pathname.slice(1);
    return new Response(await readFile(join(directory, name)), {
      headers: { "content-type": TYPES[extname(name)]! },
    });
  });
}

/**
 * The longest task of the page's own thread while `work` goes on, in milliseconds of its processor time: what other
 * programs on this machine take meanwhile does not count.
 */
export async function longestTask(browser: Browser, page: Page, work: () => Promise<void>): Promise<number> {
  await browser.startTracing(page, { categories: ["toplevel", "__metadata"] });
  await work();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as {
    traceEvents: { name: string; pid: number; tid: number; tdur?: number; args?: { name?: string } }[];
  };
  const named = traceEvents.filter(
    ({ name, args }) => name === "thread_name" && args?.name === "CrRendererMain",
  );
  const main = new Set(named.map(({ pid, tid }) => `${pid}:${tid}`));
  const tasks = traceEvents.filter(({ pid, tid, tdur }) => tdur !== undefined && main.has(`${pid}:${tid}`));
  if (tasks.length < 30) throw new Error(`Expected a trace of the page's thread, got ${tasks.length} tasks`);
  return Math.max(...tasks.map(({ tdur }) => tdur!)) / 1000;
}
