// What a study will do, before it does it.

import pc from "picocolors";
import { withoutPassword } from "../../sweep/database.ts";
import type { Plan } from "../../sweep/plan.ts";
import { grouped } from "../../text/numbers.ts";

interface Means {
  readonly out: string;
  readonly processes: number;
  readonly database: string | undefined;
}

export function planText(plan: Plan, { out, processes, database }: Means): string {
  const { name, runs, segment } = plan;
  const settings = [...new Set(runs.map(({ setting }) => setting))];
  const envs = [...new Set(runs.map(({ env }) => env))];
  const seeds = new Set(runs.map(({ seed }) => seed)).size;
  const steps = runs.reduce((sum, { config }) => sum + config.steps, 0);
  const counted = (n: number, what: string) => `${grouped(n)} ${what}${n === 1 ? "" : "s"}`;
  const shown = settings.slice(0, 12);
  const here = processes > 0 ? `${counted(processes, "run")} at once here` : "no runs here";
  const elsewhere =
    database === undefined ? "" : `, and whatever workers do from ${withoutPassword(database)}`;
  return [
    `${pc.bold(name)}: ${counted(runs.length, "run")} = ${envs.length > 1 ? `${envs.length} environments × ` : ""}` +
      `${counted(settings.length, "setting")} × ${counted(seeds, "seed")}; ${grouped(steps)} environment steps in all`,
    ...shown.map((setting) => `  ${setting}`),
    ...(settings.length > shown.length ? [`  … and ${settings.length - shown.length} more`] : []),
    pc.dim(
      `${here}${elsewhere}, in segments of ${grouped(Math.min(segment, runs[0]!.config.steps))} steps; everything goes to ${out}`,
    ),
  ].join("\n");
}
