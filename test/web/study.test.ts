// A study in real Chromium: panels over settings, how far runs have come, what the doctor marks, and names that are text.
// TEMPERED_STUDY_PICTURES=DIR keeps pictures of the page at two widths, light and dark.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StudyPlan } from "../../src/curves/study-protocol.ts";
import { type Dashboard, startDashboard } from "../../src/dashboard/server.ts";
import { buildPage, hasChromium, launch, makeRun, story, temporary, write } from "./harness.ts";

const PICTURES = process.env.TEMPERED_STUDY_PICTURES;
const SETTINGS = ["targetEntropy=-0.5", "targetEntropy=-1", "<img src=x onerror=document.title=1>"];

describe.skipIf(!hasChromium)("tempered watch of a study", () => {
  const place = temporary();
  const out = join(place.path, "study");
  let browser: Browser;
  let dashboard: Dashboard;

  const idOf = (setting: number, seed: number) => `${setting}${seed}`.padStart(16, "0");

  beforeAll(async () => {
    const page = await buildPage("watch", place.path);
    browser = await launch();
    mkdirSync(join(out, "runs"), { recursive: true });
    const plan: StudyPlan = {
      format: "tempered-plan/1",
      name: "targets",
      version: "0.1.0",
      runs: SETTINGS.flatMap((setting, s) =>
        [1, 2, 3, 4].map((seed) => ({
          ...{ id: idOf(s, seed), env: "Pendulum-v1", setting, seed },
          steps: 20_100,
        })),
      ),
    };
    writeFileSync(join(out, "plan.json"), JSON.stringify(plan));
    for (const [s, targetEntropy] of [-0.5, -1, -2].entries())
      for (const seed of [1, 2, 3]) {
        // The third setting's last seeds are under way, and its second goes wrong.
        const isRunning = s === 2 && seed === 3;
        const path = isRunning ? join("work", idOf(s, seed), "attempt-1-abc") : join("runs", idOf(s, seed));
        const options = { targetEntropy, learningRate: s === 1 ? 1e-3 : 3e-4 };
        using run = await makeRun(join(out, path), options);
        const wrong = s === 2 && seed === 2 ? { invertedFrom: 80 } : {};
        write(run, story({ rows: isRunning ? 90 : 200, seed: 7 * s + seed, ...options, ...wrong }));
      }
    writeFileSync(join(out, "runs", `${idOf(0, 4)}.failed.json`), '{"message":"no such package"}');
    dashboard = await startDashboard({ folder: out, port: 0, page });
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await dashboard?.close();
    place.remove();
  });

  async function open(width: number, colorScheme: "light" | "dark"): Promise<Page> {
    const page = await browser.newPage({ viewport: { width, height: 1000 }, colorScheme });
    page.on("pageerror", (error) => {
      throw error;
    });
    await page.goto(dashboard.url);
    await page.locator(".study").waitFor();
    await expect.poll(() => page.locator(".study-panel polyline").count()).toBe(12);
    return page;
  }

  it("calls runs by their settings, and finds them by these", async () => {
    const page = await open(1440, "light");
    const list = page.getByRole("navigation", { name: "Runs" });
    const one = list.getByRole("button", { name: "targetEntropy=-1 · seed 2" });
    await one.waitFor();
    expect(await one.getAttribute("title")).toContain(`runs/${idOf(1, 2)}`);
    expect(
      await list
        .locator(".name")
        .filter({ hasText: /^[0-9a-f]{16}$/ })
        .count(),
    ).toBe(0);
    await list.getByRole("searchbox").fill("targetentropy=-1 seed");
    await expect.poll(() => list.locator("li").count()).toBe(3);
    await one.click();
    await page.getByRole("region", { name: /findings for targetEntropy=-1 · seed 2/ }).waitFor();
    await page.close();
  });

  it("shows a panel each for return, α, entropy and gap, and where every run is", async () => {
    const page = await open(1440, "light");
    const labels = await page
      .locator(".study-panel svg")
      .evaluateAll((panels) => panels.map((panel) => panel.getAttribute("aria-label")));
    expect(labels.map((label) => label?.split(":")[0])).toEqual([
      ...["Return", "Temperature α", "Entropy H", "Gap H − H̄"],
    ]);
    const panel = page.locator(".study-panel").nth(1);
    expect(await panel.locator("polygon").count()).toBe(3);
    // The doctor's marks: in the panel of α, of the run that goes wrong.
    await expect.poll(() => panel.locator(".study-mark").count()).toBeGreaterThan(0);
    expect(await panel.locator(".study-mark title").allTextContents()).toContainEqual(
      expect.stringMatching(/seed 2: sign-inverted, from step/),
    );
    const states = await page
      .locator(".study-run")
      .evaluateAll((runs) => runs.map((run) => run.getAttribute("aria-label") ?? ""));
    expect(states.length).toBe(12);
    expect(states[3]).toBe("seed 4: failed");
    expect(states[7]).toBe("seed 4: not begun");
    expect(states[9]).toMatch(/^seed 2: ended, 20,100 of 20,100 steps, fault, sign-inverted/);
    expect(states[10]).toMatch(/^seed 3: running, 9,100 of 20,100 steps/);
    await page.getByText("9 of 12 runs have ended, 1 under way, 1 failed").waitFor();
    expect(await page.title()).not.toBe("1");
    expect(await page.locator("img").count()).toBe(0);
    await page.close();
  });

  it("lets a setting stand out and shows its runs below; a run opens the doctor's words", async () => {
    const page = await open(1440, "light");
    await page.getByRole("button", { name: SETTINGS[1]!, exact: true }).click();
    await expect.poll(() => page.locator(".study-panel g.quiet").count()).toBe(8);
    await expect.poll(() => page.locator(".comparison tbody tr").count()).toBe(3);
    await page.getByRole("button", { name: /^seed 2: ended.*sign-inverted/ }).click();
    await page.locator(".finding").filter({ hasText: "sign-inverted" }).first().waitFor();
    await page.close();
  });

  it("grows while runs go on", async () => {
    const page = await open(1440, "light");
    const id = idOf(1, 4);
    using run = await makeRun(join(out, "work", id, "attempt-1-x"), {});
    write(run, story({ rows: 40, seed: 30 }));
    await page.getByRole("button", { name: /^seed 4: running, 4,100 of/ }).waitFor({ timeout: 20_000 });
    await page.close();
  });

  it.each([
    [1440, "light"],
    [1440, "dark"],
    [390, "light"],
    [390, "dark"],
  ] as const)("fits %i px, %s", async (width, scheme) => {
    const page = await open(width, scheme);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(wide).toBeLessThanOrEqual(0);
    if (PICTURES)
      await page.screenshot({ path: join(PICTURES, `study-${width}-${scheme}.png`), fullPage: false });
    if (PICTURES && width === 390)
      await page.locator(".study").screenshot({ path: join(PICTURES, `study-whole-${width}-${scheme}.png`) });
    await page.close();
  });

  it("is not there where a folder is no study's, or somebody else's plan.json lies in it", async () => {
    const other = join(place.path, "other");
    using run = await makeRun(join(other, "run"));
    write(run, story({ rows: 20 }));
    writeFileSync(join(other, "plan.json"), '{"format":"tempered-plan/1","name":"x","runs":[{"id":"../x"}]}');
    const served = await startDashboard({ folder: other, port: 0, page: join(place.path, "page-watch") });
    const page = await browser.newPage();
    await page.goto(served.url);
    await page.locator(".chart").first().waitFor();
    expect(await (await fetch(new URL("api/study", served.url))).json()).toBeNull();
    expect(await page.locator(".study").count()).toBe(0);
    await page.close();
    await served.close();
  });
});
