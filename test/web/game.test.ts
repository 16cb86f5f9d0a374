// The game as people meet it: in a real Chromium, built as a static page, from ignorance to a round played.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it as test } from "vitest";
import {
  type BuiltPage,
  buildGame,
  hasChromium,
  launchBrowser,
  type Served,
  servedGame,
} from "./browser.fixture.ts";

const it = test.skipIf(!hasChromium);
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
/** TEMPERED_IMAGES=1 writes the picture of the README anew. */
const images = process.env.TEMPERED_IMAGES;
/** By chance a life is worth about 0.1. */
const LEARNED = 2.5;

let game: BuiltPage;
let site: Served;
let browser: Browser;
let context: BrowserContext;
let page: Page;
const problems: string[] = [];

beforeAll(async () => {
  if (!hasChromium) return;
  game = await buildGame();
  site = await servedGame(game);
  browser = await launchBrowser();
  context = await browser.newContext({ viewport: { width: 1440, height: 880 }, colorScheme: "dark" });
  page = await open(context);
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await site?.[Symbol.asyncDispose]();
  await game?.[Symbol.asyncDispose]();
});

async function open(where: BrowserContext): Promise<Page> {
  const opened = await where.newPage();
  opened.on("pageerror", ({ message }) => problems.push(message));
  opened.on("console", (message) => /error|warning/.test(message.type()) && problems.push(message.text()));
  await opened.goto(site.url);
  return opened;
}

const told = (name: string) => page.evaluate((key) => Number(document.body.dataset[key] ?? "NaN"), name);
const words = (text: RegExp) => page.locator("#words").filter({ hasText: text });

it("shows jellyfish that learn to swim within two minutes", async () => {
  await page.waitForFunction(() => Number(document.body.dataset.steps) > 1800, undefined, {
    timeout: 60_000,
  });
  const byChance = await told("return");
  const began = performance.now();
  await page.waitForFunction((least) => Number(document.body.dataset.return) > least, LEARNED, {
    timeout: 150_000,
  });
  const [after, steps] = [await told("return"), await told("steps")];
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  console.log(
    `return ${byChance.toFixed(2)} by chance, ${after.toFixed(2)} after ${steps} steps and ${seconds} s`,
  );
  expect(byChance).toBeLessThan(1.5);
  for (const id of ["return", "alpha", "entropy"]) {
    expect(await page.locator(`#${id} strong`).textContent()).toMatch(/^−?\d+\.\d+$/);
    expect((await page.locator(`#${id} .line`).getAttribute("d"))!.length).toBeGreaterThan(50);
  }
}, 240_000);

it("lets one swim with them, by pointer and by keys", async () => {
  await page.getByRole("button", { name: "Swim with them" }).click();
  await page
    .locator("#score")
    .filter({ hasText: /^You \d+ · best of them \d+ · \d+ s$/ })
    .waitFor();
  const sea = (await page.locator("#sea").boundingBox())!;
  for (let i = 0; i < 8; i++) {
    await page.mouse.move(sea.x + (0.2 + 0.08 * i) * sea.width, sea.y + (0.3 + 0.05 * i) * sea.height);
    await page.waitForTimeout(150);
  }
  if (images) await page.waitForTimeout(6000);
  if (images) await page.screenshot({ path: here("../../docs/images/game.png") });
  await page.keyboard.press("ArrowUp");
  await page.getByRole("button", { name: "Stop" }).click();
  await words(/^You ate \d+, the best of them \d+\. /).waitFor();
}, 60_000);

it("pauses, and remembers after a reload what they have learned", async () => {
  await page.getByRole("button", { name: "Pause" }).click();
  await words(/^They rest\. What they know is kept/).waitFor({ timeout: 30_000 });
  const [learned, steps] = [await told("return"), await told("steps")];
  await page.reload();
  await page.waitForFunction(() => document.body.dataset.restored === "true", undefined, { timeout: 60_000 });
  await page.waitForFunction((least) => Number(document.body.dataset.steps) >= least, steps, {
    timeout: 60_000,
  });
  expect(await told("return")).toBeGreaterThan(learned / 2);
  await page.getByRole("button", { name: "Forget all" }).click();
  await page.waitForFunction((most) => Number(document.body.dataset.steps) < most, steps, {
    timeout: 60_000,
  });
  expect(await page.evaluate(() => document.body.dataset.restored)).toBe("false");
}, 200_000);

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const looks: readonly [string, BrowserContextOptions][] = [1440, 1024, 390].flatMap((width) =>
  (["dark", "light"] as const).map((colorScheme): [string, BrowserContextOptions] => [
    `${width}-${colorScheme}`,
    { viewport: { width, height: width === 390 ? 844 : 900 }, colorScheme, hasTouch: width === 390 },
  ]),
);

it.each(looks)(
  "is accessible and fits at %s",
  async (_name, options) => {
    const other = await browser.newContext(options);
    const seen = await open(other);
    await seen.waitForFunction(() => Number(document.body.dataset.steps) > 300, undefined, {
      timeout: 60_000,
    });
    await seen.evaluate(axe);
    const found = await seen.evaluate<{ id: string; nodes: number }[]>(`axe.run().then(({ violations }) =>
    violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html }) => html) })))`);
    expect(found).toEqual([]);
    expect(await seen.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    await other.close();
  },
  120_000,
);

it("had no errors and no warnings", () => {
  expect(problems).toEqual([]);
});
