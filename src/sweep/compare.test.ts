// Runs of several programs, grouped and compared; numbers by hand.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { compareRuns, withoutSeed } from "./compare.ts";

const scratch = mkdtempSync(join(tmpdir(), "tempered-compare-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** As Stable-Baselines3's CSV logger writes it. */
function sb3(directory: string, end: number) {
  mkdirSync(join(scratch, directory), { recursive: true });
  const rows = Array.from({ length: 20 }, (_, i) => {
    const step = 1000 * (i + 1);
    // The last tenth are the last two rows: end − 1 and end + 1.
    const value = i < 18 ? -1000 : i === 18 ? end - 1 : end + 1;
    return `${step},${step - 100},0.5,-0.1,-1.0,${value}`;
  });
  const head =
    "time/total_timesteps,train/n_updates,train/ent_coef,train/ent_coef_loss,train/critic_loss,rollout/ep_rew_mean";
  writeFileSync(join(scratch, directory, "progress.csv"), `${[head, ...rows].join("\n")}\n`);
}

describe("runs of others", () => {
  it("are grouped by directory, without seeds, and compared", async () => {
    for (const [seed, end] of [-300, -200, -250].entries()) sb3(`all/slow_lr/SAC_${seed + 1}`, end);
    for (const [seed, end] of [-150, -210, -160].entries()) sb3(`all/fast_lr/SAC_${seed + 1}`, end);
    const { groups, runs } = await compareRuns([join(scratch, "all")]);
    expect(runs.length).toBe(6);
    const byName = new Map(groups.map((group) => [group.group, group]));
    expect([...byName.keys()].sort()).toEqual(["fast_lr/SAC", "slow_lr/SAC"]);
    // Of three runs none is left out: ⌊3/4⌋ = 0.
    expect(byName.get("slow_lr/SAC")!.iqm.value).toBeCloseTo(-250, 10);
    expect(byName.get("fast_lr/SAC")!.iqm.value).toBeCloseTo(-520 / 3, 10);
    // Of nine pairs fast wins all but −210 against −200.
    const second = groups[1]!;
    const fastWins = 8 / 9;
    expect(second.improvement!.value).toBeCloseTo(
      second.group === "fast_lr/SAC" ? fastWins : 1 - fastWins,
      12,
    );
  });

  it("are groups as they are named, where there are several", async () => {
    const { groups } = await compareRuns([join(scratch, "all/fast_lr"), join(scratch, "all/slow_lr")]);
    expect(groups.map(({ group, runs }) => [group, runs])).toEqual([
      [join(scratch, "all/fast_lr"), 3],
      [join(scratch, "all/slow_lr"), 3],
    ]);
    expect(groups[1]!.improvement!.value).toBeCloseTo(1 / 9, 12);
  });

  it("that do not name their environment are taken for runs in the only one that others name", async () => {
    // CleanRL's log says Pendulum-v1; Stable-Baselines3's never says.
    const cleanrl = fileURLToPath(
      new URL("../../test/fixtures/samples/cleanrl_pendulum.tfevents", import.meta.url),
    );
    sb3("theirs/SAC_1", -100);
    const theirs = join(scratch, "theirs");
    const { groups, notes } = await compareRuns([theirs, cleanrl]);
    expect(groups.map(({ group, env }) => [group, env])).toEqual([
      [theirs, "Pendulum-v1"],
      [cleanrl, "Pendulum-v1"],
    ]);
    expect(notes).toEqual([
      "1 of 2 logs do not name their environment: taken for Pendulum-v1, as the others",
    ]);
    // CleanRL's run ends at −148.
    expect(groups[1]!.improvement!.value).toBe(0);
  });

  it("of which there are none are asked for", async () => {
    mkdirSync(join(scratch, "empty"), { recursive: true });
    await expect(compareRuns([join(scratch, "empty")])).rejects.toThrow(/Expected logs with returns/);
  });

  it.each([
    ["Pendulum-v1__sac_continuous_action__1__1700000000", "Pendulum-v1__sac_continuous_action"],
    ["SAC_3", "SAC"],
    ["big/seed-4", "big"],
    ["HalfCheetah-v5_s3", "HalfCheetah-v5"],
    ["lr3e-4/7", "lr3e-4"],
    ["3", "runs"],
  ])("%s is one of %s", (name, group) => {
    expect(withoutSeed(name)).toBe(group);
  });
});
