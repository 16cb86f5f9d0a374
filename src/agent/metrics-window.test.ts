// What a report says of the updates and episodes before it, against means taken by hand.

import { expect, it } from "vitest";
import type { UpdateMetrics } from "./learner.ts";
import { MetricsWindow } from "./metrics-window.ts";

const update = (values: Partial<UpdateMetrics>) =>
  ({ alpha: 1, targetEntropy: -1, ...values }) as UpdateMetrics;
const now = { step: 10, updates: 2, alpha: 0.3, logAlpha: Math.log(0.3) };

it("means are of the updates since the last report; α's is geometric", () => {
  const window = new MetricsWindow();
  window.addUpdate(update({ entropy: 1, alpha: 0.1, qMean: -4 }));
  window.addUpdate(update({ entropy: 4, alpha: 0.4, qMean: 2 }));
  const report = window.report(now);
  expect(report).toMatchObject({ entropy: 2.5, targetEntropy: -1, qMean: -1, alpha: 0.3, step: 10 });
  // √(0.1 · 0.4)
  expect(report.alphaOfLosses).toBeCloseTo(0.2, 12);

  expect(window.report(now)).toMatchObject({ entropy: Number.NaN, alphaOfLosses: Number.NaN });
  window.addUpdate(update({ entropy: 7 }));
  expect(window.peek(now).entropy).toBe(7);
  expect(window.report(now).entropy).toBe(7);
});

it("returns are of the last 100 episodes", () => {
  const window = new MetricsWindow();
  expect(window.peek(now)).toMatchObject({ episodes: 0, episodeReturn: Number.NaN, lastReturn: Number.NaN });
  for (let i = 1; i <= 150; i++) window.addEpisode(i, 2 * i);
  // (51 + … + 150) / 100
  expect(window.report(now)).toMatchObject({
    episodes: 150,
    episodeReturn: 100.5,
    episodeLength: 201,
    lastReturn: 150,
  });
});

it("restored from its state, which survives JSON, it goes on to the bit", () => {
  const window = new MetricsWindow();
  window.addUpdate(update({ entropy: 0.1, alpha: 0.7 }));
  window.addEpisode(-1.5, 3);
  const copy = new MetricsWindow();
  copy.restore(JSON.parse(JSON.stringify(window.state())));
  for (const each of [window, copy]) {
    each.addUpdate(update({ entropy: 0.2, alpha: 0.3 }));
    each.addEpisode(2.5, 4);
  }
  expect(copy.report(now)).toEqual(window.report(now));
});
