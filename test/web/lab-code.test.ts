// The panel for one's own code, in a real Chromium: marks, the mended line, and the fault in the live training.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it as test } from "vitest";
import {
  type BuiltPage,
  buildLab,
  hasChromium,
  launchBrowser,
  longestTask,
  type Served,
  servedLab,
} from "./browser.fixture.ts";

const it = test.skipIf(!hasChromium);
/** TEMPERED_IMAGES=1 writes the pictures of the README anew. */
const images = process.env.TEMPERED_IMAGES
  ? fileURLToPath(new URL("../../docs/images/", import.meta.url))
  : undefined;

let lab: BuiltPage;
let site: Served;
let browser: Browser;

beforeAll(async () => {
  lab = await buildLab();
  site = await servedLab(lab);
  browser = await launchBrowser();
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await site?.[Symbol.asyncDispose]();
  await lab?.[Symbol.asyncDispose]();
});

async function picture(page: Page, name: string): Promise<void> {
  if (images) await page.screenshot({ path: join(images, name) });
}

it("marks the line, shows the mended one, runs the fault beside it and mends it", async () => {
  const page = await browser.newPage({ viewport: { width: 1440, height: 1000 } });
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  await page.goto(site.url);
  const panel = page.locator("#your-code");
  await panel.getByRole("button", { name: "An example" }).click();
  const article = panel.locator('article[data-finding="sign-inverted"]');
  await article.waitFor({ timeout: 20_000 });
  expect(await panel.getAttribute("data-verdict")).toBe("fault");
  expect(await panel.locator("code.error").textContent()).toContain("alpha_loss = (self.log_alpha");
  expect(await article.locator("ins").textContent()).toBe(
    "alpha_loss = -((self.log_alpha * (log_prob + self.target_entropy).detach()).mean())",
  );
  expect(await panel.locator(".summary").textContent()).toContain("α rises");
  await panel.scrollIntoViewIfNeeded();
  await page.evaluate(() => document.getElementById("your-code")!.scrollIntoView());
  await picture(page, "lab-code.png");

  await article.getByRole("button", { name: "Run this" }).click();
  expect(await page.getByLabel("Flipped sign").isChecked()).toBe(true);
  await page.locator('#doctor[data-finding="sign-inverted"]').waitFor({ timeout: 60_000 });
  await page.waitForTimeout(images ? 4000 : 0);
  await picture(page, "lab-code-fault.png");
  await article.getByRole("button", { name: "Stop running this" }).click();
  expect(await page.getByLabel("Flipped sign").isChecked()).toBe(false);

  await article.getByRole("button", { name: "Mend it" }).click();
  await expect.poll(() => panel.getAttribute("data-verdict")).toBe("right");
  expect(await panel.locator("code.error").count()).toBe(0);
  expect(errors).toEqual([]);
  await page.close();
}, 120_000);

/** Milliseconds; pages feel immediate below 50, and machines that run tests are slow and busy. */
const LONGEST_TASK = 150;
const TO_PAINT = 400;

it("stays responsive while one types in a program of 1,000 lines", async () => {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  page.setDefaultTimeout(120_000);
  await page.goto(site.url);
  const panel = page.locator("#your-code");
  const area = panel.getByLabel("Your code");
  // The training's own charts would count with what typing costs.
  await page.getByRole("button", { name: "Pause" }).click();
  const text = longProgram(1000);
  await area.fill(text);
  await expect.poll(() => panel.getAttribute("data-verdict"), { timeout: 120_000 }).toBe("fault");
  await area.evaluate((element, at) => {
    (element as HTMLTextAreaElement).focus();
    (element as HTMLTextAreaElement).setSelectionRange(at, at);
  }, text.indexOf("def update"));
  await page.evaluate(`
    window.painted = [];
    new PerformanceObserver((list) => {
      for (const { name, duration } of list.getEntries()) if (/^key|input/.test(name)) painted.push(duration);
    }).observe({ type: "event", durationThreshold: 16 });
  `);
  const longest = await longestTask(browser, page, async () => {
    await page.keyboard.type("@decorated\n# typed while it is read\n", { delay: 60 });
    await page.waitForTimeout(1500);
  });
  const painted = (await page.evaluate("painted.sort((a, b) => a - b)")) as number[];
  const slowest = painted.at(-1) ?? 0;
  const middle = painted[painted.length >> 1] ?? 0;
  console.log(
    `typing: the longest task took ${longest.toFixed(0)} ms of processor time; ` +
      `from key to paint ${middle} ms in the middle, ${slowest} ms at most (of ${painted.length} over 16)`,
  );
  expect(await area.inputValue()).toContain("typed while it is read");
  expect(longest).toBeLessThan(LONGEST_TASK);
  expect(middle).toBeLessThan(TO_PAINT);
  await page.close();
}, 300_000);

/** A right program with its sign turned, and helpers behind it until it is as long as asked. */
function longProgram(lines: number): string {
  const right = readFileSync(new URL("../code/variants/torch-methods.py", import.meta.url), "utf8");
  let text = right.replace("alpha_loss = -(", "alpha_loss = (");
  for (let i = 0; text.split("\n").length < lines; i++) {
    text += `\n\ndef helper_${i}(x, scale=1.0):\n    """Scales and shifts."""\n    y = x * scale + ${i}\n    return y.mean(dim=-1)\n`;
  }
  return text;
}
