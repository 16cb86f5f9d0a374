// Pictures of every page for somebody to look at, on a desk, a tablet and a phone, light and dark: the lab with a fault
// and with a program in it, watch, the doctor's reports on logs and on programs, and the game after half a minute.
//   npx tsx test/web/screenshots.ts FOLDER [lab|lab-code|watch|report|source-report|game …]

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { startDashboard } from "../../src/dashboard/server.ts";
import { buildGame, buildLab, launchBrowser, servedGame, servedLab } from "./browser.fixture.ts";
import { buildPage, temporary } from "./harness.ts";
import { reportOf, sourceReportOf, writeSampleRuns } from "./samples.ts";

const folder = process.argv[2] ?? "screenshots";
const wanted = process.argv.slice(3);
const isWanted = (name: string) => wanted.length === 0 || wanted.includes(name);
const SCHEMES = ["light", "dark"] as const;
const WIDTHS = [
  [1440, 1000],
  [1024, 900],
  [390, 844],
] as const;
/** Milliseconds in which the jellyfish have learned something. */
const LEARNED = 30_000;
mkdirSync(folder, { recursive: true });
const browser = await launchBrowser();

async function picture(page: Page, name: string, width: number, scheme: string): Promise<void> {
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  await page.evaluate(() => scrollTo(0, 0));
  await page.waitForTimeout(200);
  if (overflow > 0) process.stdout.write(`${name} ${width}: ${overflow} pixels too wide\n`);
  await page.screenshot({ path: join(folder, `${name}-${width}-${scheme}.png`), fullPage: true });
}

/** Opens the page in every width and both themes, and takes a picture of all of it. */
async function everywhere(name: string, url: string, ready: (page: Page) => Promise<unknown>): Promise<void> {
  for (const colorScheme of SCHEMES) {
    for (const [width, height] of WIDTHS) {
      const page = await browser.newPage({ viewport: { width, height }, colorScheme });
      await page.goto(url);
      await page.waitForTimeout(600);
      // Charts are drawn when they come into sight.
      for (let y = 0; y < (await page.evaluate(() => document.body.scrollHeight)); y += height / 2) {
        await page.evaluate((top) => scrollTo(0, top), y);
        await page.waitForTimeout(60);
      }
      await page.evaluate(() => scrollTo(0, 0));
      await page.waitForTimeout(200);
      await ready(page);
      await picture(page, name, width, colorScheme);
      await page.close();
    }
  }
}

const place = temporary();
const runs = join(place.path, "runs");
writeSampleRuns(runs);
if (isWanted("lab") || isWanted("lab-code")) {
  await using lab = await buildLab();
  await using site = await servedLab(lab);
  if (isWanted("lab"))
    await everywhere("lab", `${site.url}/#faults=sign`, async (page) => {
      await page.locator('#doctor[data-verdict="fault"]').waitFor({ timeout: 60_000 });
      await page.getByRole("button", { name: "Pause" }).click();
    });
  if (isWanted("lab-code"))
    await everywhere("lab-code", site.url, async (page) => {
      await page.getByRole("button", { name: "An example" }).click();
      await page.locator("#your-code article").first().waitFor({ timeout: 60_000 });
      await page.getByRole("button", { name: "Pause" }).click();
    });
}
if (isWanted("watch")) {
  const dashboard = await startDashboard({
    folder: runs,
    port: 0,
    page: await buildPage("watch", place.path),
  });
  await everywhere("watch", dashboard.url, async (page) => {
    await page.locator(".verdict.fault").first().waitFor();
    await page.waitForTimeout(800);
    const box = (await page.locator(".u-over").first().boundingBox())!;
    await page.mouse.move(box.x + 0.78 * box.width, box.y + 0.45 * box.height);
    await page.waitForTimeout(300);
  });
  await dashboard.close();
}
for (const [name, html] of [
  ["report", () => reportOf(runs)],
  ["source-report", sourceReportOf],
] as const) {
  if (!isWanted(name)) continue;
  const path = join(place.path, `${name}.html`);
  writeFileSync(path, await html());
  await everywhere(name, `file://${path}`, (page) => page.waitForTimeout(300));
}
if (isWanted("game")) {
  await using game = await buildGame();
  await using site = await servedGame(game);
  // One sea for all pictures: learning takes longer than looking.
  const page = await browser.newPage();
  await page.goto(site.url);
  await page.waitForTimeout(LEARNED);
  for (const colorScheme of SCHEMES) {
    for (const [width, height] of WIDTHS) {
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme });
      await page.waitForTimeout(700);
      await picture(page, "game", width, colorScheme);
    }
  }
}
await browser.close();
place.remove();
