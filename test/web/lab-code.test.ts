// The panel for one's own code, in a real Chromium: marks, the mended line, and the fault in the live training.

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it as test } from "vitest";
import {
  type BuiltLab,
  buildLab,
  hasChromium,
  launchBrowser,
  type Served,
  servedLab,
} from "./browser.fixture.ts";

const it = test.skipIf(!hasChromium);
/** TEMPERED_IMAGES=1 writes the pictures of the README anew. */
const images = process.env.TEMPERED_IMAGES
  ? fileURLToPath(new URL("../../docs/images/", import.meta.url))
  : undefined;

let lab: BuiltLab;
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

it("stays responsive while one types in a long program", async () => {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  await page.goto(site.url);
  const panel = page.locator("#your-code");
  await panel.getByRole("button", { name: "An example" }).click();
  await panel.locator("article").first().waitFor({ timeout: 20_000 });
  const area = panel.getByLabel("Your code");
  const text = await area.inputValue();
  await area.fill(text + "\n# a comment".repeat(1000));
  await area.press("Control+End");
  const began = performance.now();
  await page.keyboard.type("\nx = 1  # typed while it is read", { delay: 5 });
  const typed = performance.now() - began;
  console.log(`32 keys in a program of 1,030 lines took ${typed.toFixed(0)} ms`);
  await expect.poll(() => panel.getAttribute("data-verdict")).toBe("fault");
  expect(await area.inputValue()).toContain("typed while it is read");
  expect(typed).toBeLessThan(10_000);
  await page.close();
}, 60_000);
