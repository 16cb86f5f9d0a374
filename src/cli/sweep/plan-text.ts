// What a study will do, before it does it.

import pc from "picocolors";
import { withoutPassword } from "../../sweep/database.ts";
import type { Halving } from "../../sweep/halving.ts";
import type { Plan } from "../../sweep/plan.ts";
import { grouped } from "../../text/numbers.ts";
import { wrapped } from "../help.ts";

interface Means {
  readonly out: string;
  readonly processes: number;
  readonly database: string | undefined;
}

/** @param width cells that a line may take */
export function planText(plan: Plan, { out, processes, database }: Means, width: number): string {
  const { name, runs, segment, halving, stopWhenBroken } = plan;
  const settings = [...new Set(runs.map(({ setting }) => setting))];
  const envs = [...new Set(runs.map(({ env }) => env))];
  const seeds = new Set(runs.map(({ seed }) => seed)).size;
  const steps = runs.reduce((sum, { config }) => sum + config.steps, 0);
  const counted = (n: number, what: string) => `${grouped(n)} ${what}${n === 1 ? "" : "s"}`;
  const shown = settings.slice(0, 12);
  const here = processes > 0 ? `${counted(processes, "run")} at once here` : "no runs here";
  const elsewhere =
    database === undefined ? "" : `, and whatever workers do from ${withoutPassword(database)}`;
  const dim = (text: string) => wrapped(text, width).map((line) => pc.dim(line));
  return [
    ...wrapped(
      `${name}: ${counted(runs.length, "run")} = ${envs.length > 1 ? `${envs.length} environments × ` : ""}` +
        `${counted(settings.length, "setting")} × ${counted(seeds, "seed")}; ${grouped(steps)} environment steps in all`,
      width,
    ).map((line, i) => (i === 0 ? line.replace(name, pc.bold(name)) : line)),
    ...shown.map((setting) => `  ${setting}`),
    ...(settings.length > shown.length ? [`  … and ${settings.length - shown.length} more`] : []),
    ...(halving ? wrapped(halvingText(plan, halving), width) : []),
    ...(stopWhenBroken ? ["a run ends where the doctor finds it decisively broken"] : []),
    ...dim(
      `${here}${elsewhere}, in segments of ${grouped(Math.min(segment, runs[0]!.config.steps))} steps; everything goes to ${out}`,
    ),
  ].join("\n");
}

/** A time as one says it: 40 s, 12 min, 3 h 20 min. */
export function roughly(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 10 ? `${hours} h ${minutes - 60 * hours} min` : `${grouped(Math.round(minutes / 60))} h`;
}

/** What is left at each rung, environment by environment, and what that comes to. */
function halvingText({ runs }: Plan, { keep, rungs }: Halving): string {
  const counts = [...new Set(runs.map(({ env }) => env))].map((env) => {
    const own = runs.filter((run) => run.env === env);
    let settings = new Set(own.map(({ setting }) => setting)).size;
    const seeds = own.length / settings;
    const left = rungs.map((rung, k) => {
      const steps = seeds * settings * (rung - (rungs[k - 1] ?? 0));
      settings = Math.ceil(keep * settings);
      return { settings, steps };
    });
    const steps = left.reduce((sum, { steps }) => sum + steps, 0);
    return { left, steps: steps + seeds * settings * (own[0]!.config.steps - rungs.at(-1)!) };
  });
  const path = rungs.map(
    (rung, k) => `${counts.map(({ left }) => left[k]!.settings).join(" + ")} from step ${grouped(rung)}`,
  );
  const steps = counts.reduce((sum, each) => sum + each.steps, 0);
  return `halving keeps ${path.join(", ")} on: ${grouped(steps)} of these steps`;
}
