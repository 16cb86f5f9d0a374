// axe-core finds nothing on any page: lab, watch, the doctor's report, and the page of the exported policy; on a desk and
// on a phone, light and dark.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { AxeResults } from "axe-core";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startDashboard } from "../../src/dashboard/server.ts";
import { buildLab, hasChromium, launchBrowser, served, servedLab } from "./browser.fixture.ts";
import { buildPage, temporary } from "./harness.ts";
import { reportOf, writeSampleRuns } from "./samples.ts";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const EXAMPLE = new URL("../../examples/play/", import.meta.url);

/** What axe has against the page, a line each. */
async function complaints(page: Page): Promise<string[]> {
  const { violations } = (await page.evaluate(`${AXE}; axe.run(document)`)) as AxeResults;
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
}

const LOOKS = [
  { colorScheme: "light", viewport: { width: 1440, height: 1000 } },
  { colorScheme: "dark", viewport: { width: 390, height: 844 } },
] as const;

describe.skipIf(!hasChromium)("axe finds nothing", () => {
  const place = temporary();
  const runs = join(place.path, "runs");
  let browser: Browser;

  beforeAll(async () => {
    mkdirSync(runs);
    writeSampleRuns(runs);
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    place.remove();
  });

  /** Opens the page in every look, waits until it is `ready`, and asks axe. */
  async function examine(url: string, ready: (page: Page) => Promise<unknown>): Promise<string[]> {
    const found: string[] = [];
    for (const look of LOOKS) {
      // The example's policy of content would refuse axe; whoever tests may.
      const page = await browser.newPage({ ...look, bypassCSP: true });
      await page.goto(url);
      await ready(page);
      found.push(...(await complaints(page)));
      await page.close();
    }
    return found;
  }

  it("on the lab, faults and findings shown, a number refused", async () => {
    await using lab = await buildLab();
    await using site = await servedLab(lab);
    const onTabs: string[] = [];
    const found = await examine(`${site.url}/#faults=sign`, async (page) => {
      await page.locator('#doctor[data-verdict="fault"]').waitFor({ timeout: 60_000 });
      await page.getByRole("button", { name: "Pause" }).click();
      await page.getByLabel("initial α").fill("-3");
      await page.getByLabel("initial α").press("Enter");
      await page.getByText("initial α: a number").waitFor();
      for (const tab of await page.getByRole("tab").all()) {
        await tab.click();
        onTabs.push(...(await complaints(page)));
      }
      await page.getByRole("button", { name: "An example" }).click();
      await page.locator('#your-code:not([data-verdict=""])').waitFor();
    });
    expect([...found, ...onTabs]).toEqual([]);
  }, 180_000);

  it("on watch", async () => {
    const page = await buildPage("watch", place.path);
    const dashboard = await startDashboard({ folder: runs, port: 0, page });
    const found = await examine(dashboard.url, (opened) =>
      opened.locator(".verdict.fault").first().waitFor(),
    );
    await dashboard.close();
    expect(found).toEqual([]);
  }, 120_000);

  it("on the doctor's report", async () => {
    const path = join(place.path, "report.html");
    writeFileSync(path, await reportOf(runs));
    expect(await examine(`file://${path}`, (page) => page.locator("canvas").first().waitFor())).toEqual([]);
  });

  it("on the page of the exported policy", async () => {
    const types: Readonly<Record<string, string>> = { html: "text/html", js: "text/javascript" };
    await using site = await served((request) => {
      const name = new URL(request.url).pathname.slice(1) || "index.html";
      const type = types[name.split(".").at(-1)!];
      if (!type) return new Response(null, { status: 404 });
      return new Response(readFileSync(new URL(name, EXAMPLE)), { headers: { "content-type": type } });
    });
    expect(await examine(site.url, (page) => page.waitForTimeout(500))).toEqual([]);
  });
});
