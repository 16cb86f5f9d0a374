// The dashboard in real Chromium: how soon it is there, how soon a new point is, what happens to logs that are cut,
// deleted or replaced, what a second browser sees, and whether names can do harm. Makes the pictures of the documentation.

import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Dashboard, startDashboard } from "../../src/dashboard/server.ts";
import { short } from "../../src/text/numbers.ts";
import { buildPage, hasChromium, launch, makeRun, story, temporary, write } from "./harness.ts";
import { writeSampleRuns } from "./samples.ts";

/** TEMPERED_IMAGES=1 writes the pictures of the README anew; otherwise they are taken and dropped. */
const IMAGES = process.env.TEMPERED_IMAGES
  ? new URL("../../docs/images", import.meta.url).pathname
  : undefined;
const CSV_HEADER = "time/total_timesteps,train/ent_coef,train/ent_coef_loss";
const csv = (alphas: readonly number[]) =>
  `${CSV_HEADER}\n${alphas.map((alpha, i) => `${(i + 1) * 100},${alpha},-1`).join("\n")}\n`;

describe.skipIf(!hasChromium)("tempered watch", () => {
  const place = temporary();
  let browser: Browser;
  let page: string;
  let dashboards: Dashboard[] = [];
  let pages: Page[] = [];
  let folders = 0;

  beforeAll(async () => {
    page = await buildPage("watch", place.path);
    browser = await launch();
  });

  afterAll(async () => {
    await browser?.close();
    for (const dashboard of dashboards) await dashboard.close();
    place.remove();
  });

  function folder(): string {
    const path = join(place.path, `runs-${folders++}`);
    mkdirSync(path);
    return path;
  }

  async function serve(path: string, port = 0): Promise<Dashboard> {
    const dashboard = await startDashboard({ folder: path, port, page });
    dashboards.push(dashboard);
    return dashboard;
  }

  async function stop(dashboard: Dashboard): Promise<void> {
    dashboards = dashboards.filter((other) => other !== dashboard);
    await dashboard.close();
  }

  async function open(url: string, options: Parameters<Browser["newPage"]>[0] = {}): Promise<Page> {
    const opened = await browser.newPage({ viewport: { width: 1440, height: 1000 }, ...options });
    opened.on("pageerror", (error) => {
      throw error;
    });
    pages.push(opened);
    await opened.goto(url);
    return opened;
  }

  async function closePages(): Promise<void> {
    for (const opened of pages) await opened.close();
    pages = [];
  }

  /** What the chart of α says of itself, such as "Temperature α, one run, α 0.500". */
  const alphaChart = (opened: Page) => opened.locator('[aria-label^="Temperature α"]');
  const saysAlpha = (opened: Page, text: string, timeout = 5000) =>
    opened.locator(`[aria-label^="Temperature α"][aria-label$="α ${text}"]`).waitFor({ timeout });

  it("is one script of less than 150 KB gzip, and paints within a second", async () => {
    const assets = join(page, "assets");
    const scripts = readdirSync(assets).filter((name) => name.endsWith(".js"));
    const bytes = scripts.reduce((sum, name) => sum + gzipSync(readFileSync(join(assets, name))).length, 0);
    expect(bytes).toBeLessThan(150_000);
    const path = folder();
    using run = await makeRun(join(path, "run"));
    write(run, story({ rows: 200 }));
    const opened = await open((await serve(path)).url);
    await opened.locator(".chart").first().waitFor();
    const paint = await opened.evaluate(
      () => performance.getEntriesByName("first-contentful-paint")[0]?.startTime,
    );
    process.stderr.write(
      `watch: first paint ${paint?.toFixed(0)} ms, script ${(bytes / 1000).toFixed(1)} kB gzip\n`,
    );
    expect(paint).toBeLessThan(1000);
    await closePages();
  });

  it("shows a new point within a second of its being written", async () => {
    const path = folder();
    using run = await makeRun(join(path, "run"));
    write(run, story({ rows: 50 }));
    const opened = await open((await serve(path)).url);
    await alphaChart(opened).waitFor();
    const delays: number[] = [];
    for (const alpha of [0.777, 0.666, 0.555, 0.444, 0.333]) {
      await opened.waitForTimeout(300);
      const written = performance.now();
      run.log(10_000 / alpha, { "train/ent_coef": alpha, "train/n_updates": 10_000 / alpha });
      await saysAlpha(opened, alpha.toFixed(3), 30_000);
      delays.push(performance.now() - written);
    }
    process.stderr.write(`watch: new points after ${delays.map((ms) => ms.toFixed(0)).join(", ")} ms\n`);
    // A busy machine only adds to a delay, so the shortest says what the page takes by itself.
    expect(Math.min(...delays)).toBeLessThan(1000);
    await closePages();
  });

  it("shows a run that begins while the page is open", async () => {
    const path = folder();
    const opened = await open((await serve(path)).url);
    await opened.getByText("No runs here yet").waitFor();
    using run = await makeRun(join(path, "late"));
    write(run, story({ rows: 20 }));
    await opened.getByRole("button", { name: /^late/ }).first().waitFor();
    await alphaChart(opened).waitFor();
    await closePages();
  });

  it("survives logs that are cut short, replaced and deleted", async () => {
    const path = folder();
    mkdirSync(join(path, "sb3"));
    const log = join(path, "sb3", "progress.csv");
    writeFileSync(log, csv([0.9, 0.8, 0.7]));
    const opened = await open((await serve(path)).url);
    await saysAlpha(opened, "0.700");
    truncateSync(log, csv([0.9, 0.8]).length);
    await saysAlpha(opened, "0.800");
    writeFileSync(log, csv([0.9, 0.8, 0.6, 0.55, 0.5]));
    await saysAlpha(opened, "0.500");
    renameSync(log, `${log}.1`);
    writeFileSync(log, csv([0.4]));
    rmSync(`${log}.1`);
    await saysAlpha(opened, "0.400");
    rmSync(log);
    await opened.getByText("No runs here yet").waitFor();
    writeFileSync(log, csv([0.3, 0.2]));
    await saysAlpha(opened, "0.200");
    await closePages();
  });

  it("a second browser that lost its connection misses nothing", async () => {
    const path = folder();
    using run = await makeRun(join(path, "run"));
    const rows = [...story({ rows: 400 })];
    write(run, rows.slice(0, 100));
    const dashboard = await serve(path);
    const first = await open(dashboard.url);
    const second = await open(dashboard.url);
    await alphaChart(second).waitFor();
    await stop(dashboard);
    await second.getByText("connection lost").waitFor();
    write(run, rows.slice(100, 300));
    await serve(path, dashboard.port);
    await second.getByText("live", { exact: true }).waitFor();
    write(run, rows.slice(300));
    for (const opened of [first, second]) {
      await opened.getByText("400 rows").waitFor();
      const last = rows.at(-1)!.metrics["train/ent_coef"]!;
      await saysAlpha(opened, short(last));
    }
    await closePages();
  });

  it("names and texts from logs are never markup", async () => {
    const path = folder();
    const evil = '<img src=x onerror="document.title=1">';
    using run = await makeRun(join(path, `${evil.replaceAll("/", "")}`), {
      env: `${evil}<script>document.title=2</script>`,
    });
    write(run, story({ rows: 30 }));
    mkdirSync(join(path, "tags"));
    const tag = "<img src=x onerror='document.title=document.domain'> - train/ent_coef";
    writeFileSync(join(path, "tags", "w.csv"), `Step,"${tag}"\n1,0.5\n2,0.4\n`);
    const opened = await open((await serve(path)).url);
    await opened.locator(".run").nth(1).waitFor();
    await alphaChart(opened).waitFor();
    await opened.waitForTimeout(300);
    expect(await opened.title()).toBe("tempered watch");
    expect(await opened.locator("img, main script, nav script").count()).toBe(0);
    expect(await opened.locator(".runs").textContent()).toContain("<img src=x");
    await closePages();
  });

  it("works with the keyboard, and says what the cursor stands on", async () => {
    const path = folder();
    using run = await makeRun(join(path, "run"));
    write(run, story({ rows: 300 }));
    const opened = await open((await serve(path)).url);
    const chart = opened.locator('[aria-label^="Temperature α, one run"]');
    await chart.focus();
    const readout = opened.locator(".chart").first().locator("output");
    await opened.keyboard.press("Home");
    await opened.waitForFunction(() =>
      document.querySelector(".chart output")?.textContent?.includes("α 1.00"),
    );
    await opened.keyboard.press("Shift+ArrowRight");
    await opened.waitForFunction(
      () => !document.querySelector(".chart output")?.textContent?.includes("α 1.00"),
    );
    expect(await readout.textContent()).toMatch(/step/);
    expect(await readout.getAttribute("aria-live")).toBe("polite");
    await opened.keyboard.press("+");
    await opened.getByRole("button", { name: "Show everything" }).waitFor();
    await opened.keyboard.press("0");
    await opened.getByRole("button", { name: "Show everything" }).waitFor({ state: "detached" });
    await opened.getByRole("radio", { name: "Updates" }).focus();
    await opened.keyboard.press("Space");
    await chart.focus();
    await opened.keyboard.press("End");
    await opened.waitForFunction(() =>
      document.querySelector(".chart output")?.textContent?.startsWith("update"),
    );
    await closePages();
  });

  it("dragging across one chart zooms all of them", async () => {
    const path = folder();
    using run = await makeRun(join(path, "run"));
    write(run, story({ rows: 300 }));
    const opened = await open((await serve(path)).url);
    await alphaChart(opened).waitFor();
    await opened.waitForTimeout(400);
    const box = (await opened.locator(".u-over").first().boundingBox())!;
    const asked = opened.waitForRequest((request) => /from=\d/.test(request.url()));
    await opened.mouse.move(box.x + 0.25 * box.width, box.y + 40);
    await opened.mouse.down();
    await opened.mouse.move(box.x + 0.5 * box.width, box.y + 50, { steps: 4 });
    await opened.mouse.up();
    const url = new URL((await asked).url());
    const from = Number(url.searchParams.get("from"));
    const to = Number(url.searchParams.get("to"));
    // Steps 200 … 30,100: a quarter and a half of the way.
    expect(from).toBeCloseTo(7675, -3);
    expect(to).toBeCloseTo(15150, -3);
    await opened.locator(".u-over").nth(2).dblclick();
    await opened.getByRole("button", { name: "Show everything" }).waitFor({ state: "detached" });
    await closePages();
  });

  it("looks like this", async () => {
    const path = folder();
    writeSampleRuns(path);
    const { url } = await serve(path);
    for (const colorScheme of ["light", "dark"] as const) {
      const opened = await open(url, { colorScheme, viewport: { width: 1360, height: 980 } });
      await opened.locator(".verdict.fault").first().waitFor();
      await alphaChart(opened).waitFor();
      await opened.evaluate(() => {
        const path = document.querySelector(".path bdi");
        if (path) path.textContent = "~/runs";
      });
      await opened.waitForTimeout(600);
      const box = (await opened.locator(".u-over").first().boundingBox())!;
      await opened.mouse.move(box.x + 0.78 * box.width, box.y + 0.45 * box.height);
      await opened.waitForTimeout(300);
      await opened.screenshot(IMAGES ? { path: join(IMAGES, `watch-${colorScheme}.png`) } : {});
    }
    const narrow = await open(url, { viewport: { width: 420, height: 900 } });
    await alphaChart(narrow).waitFor();
    const overflows = await narrow.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    expect(overflows).toBe(false);
    await closePages();
  });
});
