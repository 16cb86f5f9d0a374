// Pictures of every page for somebody to look at: lab, watch and the doctor's report, on a desk, a tablet and a phone,
// light and dark.   npx tsx test/web/screenshots.ts FOLDER [lab|watch|report]

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { startDashboard } from "../../src/dashboard/server.ts";
import { buildLab, launchBrowser, servedLab } from "./browser.fixture.ts";
import { buildPage, temporary } from "./harness.ts";
import { reportOf, writeSampleRuns } from "./samples.ts";

const folder = process.argv[2] ?? "screenshots";
const wanted = process.argv.slice(3);
const WIDTHS = [
  [1440, 1000],
  [1024, 900],
  [390, 844],
] as const;
mkdirSync(folder, { recursive: true });
const browser = await launchBrowser();

/** Opens the page in every width and both themes, and takes a picture of all of it. */
async function everywhere(name: string, url: string, ready: (page: Page) => Promise<unknown>): Promise<void> {
  if (wanted.length > 0 && !wanted.includes(name)) return;
  for (const colorScheme of ["light", "dark"] as const) {
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
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (overflow > 0) process.stdout.write(`${name} ${width}: ${overflow} pixels too wide\n`);
      await page.screenshot({ path: join(folder, `${name}-${width}-${colorScheme}.png`), fullPage: true });
      await page.close();
    }
  }
}

const place = temporary();
const runs = join(place.path, "runs");
writeSampleRuns(runs);
if (wanted.length === 0 || wanted.includes("lab")) {
  await using lab = await buildLab();
  await using site = await servedLab(lab);
  await everywhere("lab", `${site.url}/#faults=sign`, async (page) => {
    await page.locator('#doctor[data-verdict="fault"]').waitFor({ timeout: 60_000 });
    await page.getByRole("button", { name: "Pause" }).click();
  });
}
if (wanted.length === 0 || wanted.includes("watch")) {
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
const report = join(place.path, "report.html");
writeFileSync(report, await reportOf(runs));
await everywhere("report", `file://${report}`, (page) => page.waitForTimeout(300));
await browser.close();
place.remove();
