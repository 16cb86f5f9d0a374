// The package in somebody else's page: packed, installed into an empty Vite project with the files of the guide, built without a
// warning, and opened in Chromium, where it trains in a worker, saves, and plays after a reload.

import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it as test } from "vitest";
import { hasChromium, launchBrowser, type Served, served } from "./browser.fixture.ts";

const it = test.skipIf(!hasChromium);
const root = fileURLToPath(new URL("../..", import.meta.url));
/** Most that the page may fetch before it has learned, and before it has played what it saved. Bytes, gzip. */
const MOST = { training: 60_000, all: 78_000 };

let project: string;
let printed: string;
let site: Served;
let browser: Browser;
let page: Page;
/** Sizes of the scripts that were fetched, as gzip makes them. */
const fetched = new Map<string, number>();
const problems: string[] = [];

beforeAll(async () => {
  if (!hasChromium) return;
  project = mkdtempSync(join(tmpdir(), "tempered-vite-"));
  installPackage(project);
  for (const [name, text] of filesOfGuide()) writeFileSync(join(project, name), text);
  printed = execFileSync(process.execPath, [viteIn(project), "build"], {
    cwd: project,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: "0" },
  });
  site = await served(({ url }) => answer(join(project, "dist"), new URL(url).pathname));
  browser = await launchBrowser();
  page = await browser.newPage();
  page.on("pageerror", ({ message }) => problems.push(message));
  page.on("console", (message) => /error|warning/.test(message.type()) && problems.push(message.text()));
}, 240_000);

afterAll(async () => {
  await browser?.close();
  await site?.[Symbol.asyncDispose]();
  if (project) rmSync(project, { recursive: true, force: true });
});

it("is bundled without a warning", () => {
  expect(printed).toMatch(/built in/);
  expect(printed).not.toMatch(/externalized|warn|\(!\)|\[plugin/i);
});

const status = (text: RegExp) => page.locator("output").filter({ hasText: text });

it("trains in a worker, with little to fetch", async () => {
  await page.goto(site.url);
  await page.getByRole("button", { name: "Train" }).click();
  await status(/^step \d+00, return -\d+, α 0\.\d+$/).waitFor({ timeout: 60_000 });
  const size = sum(fetched.values());
  console.log(`to train: ${size} bytes of gzip in ${fetched.size} files`);
  expect(size).toBeLessThan(MOST.training);
});

it("saves, and plays well after a reload", async () => {
  await status(/^saved$/).waitFor({ timeout: 120_000 });
  await page.reload();
  await page.getByRole("button", { name: "Play" }).click();
  await status(/^played: -?\d+$/).waitFor({ timeout: 60_000 });
  const total = Number((await page.locator("output").textContent())!.slice("played: ".length));
  // At random it is about −1,200; a pendulum that hangs still has −1,970.
  expect(total).toBeGreaterThan(-500);
  const size = sum(fetched.values());
  console.log(`played for ${total}; all that was fetched: ${size} bytes of gzip in ${fetched.size} files`);
  expect(size).toBeLessThan(MOST.all);
  expect(problems).toEqual([]);
}, 180_000);

it("says what is wrong when there is nothing to load", async () => {
  const other = await (await browser.newContext()).newPage();
  await other.goto(site.url);
  await other.getByRole("button", { name: "Play" }).click();
  const said = other.locator("output").filter({ hasText: "Expected an agent saved as" });
  await said.waitFor({ timeout: 30_000 });
  expect(await said.textContent()).toContain('"pendulum" in this browser');
});

it("works as one file too, as Vite makes workers by itself", () => {
  writeFileSync(join(project, "vite.config.js"), "export default {};\n");
  const output = execFileSync(process.execPath, [viteIn(project), "build", "--outDir", "plain"], {
    cwd: project,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: "0" },
  });
  expect(output).not.toMatch(/externalized|warn|\(!\)|\[plugin/i);
  expect(readdirSync(join(project, "plain/assets")).filter((name) => name.startsWith("worker"))).toHaveLength(
    1,
  );
});

/** The code blocks that begin with the name of a file. */
function filesOfGuide(): [name: string, text: string][] {
  const guide = readFileSync(join(root, "docs/guides/browser.md"), "utf8");
  const blocks = [...guide.matchAll(/```\w+\n(?:\/\/|<!--) ([\w.]+)(?: -->)?\n(.*?)```/gs)];
  expect(blocks.map(([, name]) => name)).toEqual(["worker.js", "main.js", "index.html", "vite.config.js"]);
  return blocks.map(([, name, text]) => [name!, text!]);
}

/** As `npm install` puts it there, from the tarball; what it depends on comes from here. */
function installPackage(into: string): void {
  const staged = join(into, "staged");
  mkdirSync(staged);
  for (const name of ["package.json", "README.md", "LICENSE"])
    copyFileSync(join(root, name), join(staged, name));
  const tsdown = join(root, "node_modules/tsdown/dist/run.mjs");
  execFileSync(process.execPath, [tsdown, "--no-dts", "--out-dir", join(staged, "dist")], {
    cwd: root,
    stdio: "ignore",
  });
  const [packed] = JSON.parse(
    execFileSync("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", into], {
      cwd: staged,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }),
  ) as [{ filename: string }];
  const modules = join(into, "node_modules");
  mkdirSync(join(modules, "tempered"), { recursive: true });
  execFileSync("tar", [
    "xzf",
    join(into, packed.filename),
    "-C",
    join(modules, "tempered"),
    "--strip-components=1",
  ]);
  const { dependencies } = JSON.parse(readFileSync(join(modules, "tempered/package.json"), "utf8"));
  for (const name of [...Object.keys(dependencies), "vite"]) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(root, "node_modules", name), join(modules, name));
  }
  writeFileSync(join(into, "package.json"), '{ "name": "my-game", "private": true, "type": "module" }\n');
}

function viteIn(folder: string): string {
  return join(folder, "node_modules/vite/bin/vite.js");
}

function answer(folder: string, path: string): Response {
  const types: Readonly<Record<string, string>> = { ".html": "text/html", ".js": "text/javascript" };
  const name = path === "/" ? "/index.html" : path;
  const type = types[extname(name)];
  if (type === undefined) return new Response(null, { status: 204 });
  const content = readFileSync(join(folder, name));
  if (name.endsWith(".js")) fetched.set(name, gzipSync(content).length);
  return new Response(content, { headers: { "content-type": type } });
}

function sum(values: Iterable<number>): number {
  return [...values].reduce((total, value) => total + value, 0);
}
