// Studies of the presets as a table: a row a preset, a section an environment, plain SAC first.

import type { SettingSummary, StudyReport } from "../src/sweep/index.ts";

const PLAIN = "sac";

export function presetsTable(reports: readonly StudyReport[], command: string): string {
  const settings = reports.flatMap(({ settings }) => settings);
  const runs = reports.flatMap(({ runs }) => runs);
  const steps = Math.max(...runs.map(({ steps }) => steps));
  const sections = [...new Set(settings.map(({ env }) => env))].flatMap((env) => {
    const own = settings.filter((setting) => setting.env === env);
    const plain = own.find(({ setting }) => setting === PLAIN);
    const ordered = [...own].sort((a, b) => Number(b === plain) - Number(a === plain));
    return [
      "",
      `## ${env}`,
      "",
      "| preset | return (IQM) | 95% interval | beside sac | runs | returns | seconds a run | doctor |",
      "| --- | ---: | ---: | --- | ---: | --- | ---: | --- |",
      ...ordered.map((setting) => {
        const each = runs.filter((run) => run.env === env && run.setting === setting.setting);
        const seconds = each.flatMap((run) => run.seconds ?? []);
        const verdicts = Object.entries(setting.verdicts).map(([verdict, count]) => `${count} ${verdict}`);
        return `| ${[
          setting.setting,
          whole(setting.iqm),
          setting.low === null ? "–" : `${whole(setting.low)} to ${whole(setting.high)}`,
          besides(setting, plain),
          setting.runs,
          each.map(({ meanReturn }) => whole(meanReturn)).join(", "),
          seconds.length === 0 ? "–" : whole(seconds.reduce((a, b) => a + b) / seconds.length),
          verdicts.join(", "),
        ].join(" | ")} |`;
      }),
    ];
  });
  return [
    `# The presets after ${steps.toLocaleString("en")} steps`,
    "",
    "Interquartile means over seeds of the final evaluation, deterministic actions, with 95% intervals (stratified bootstrap,",
    "50,000 resamples). *Ahead* or *behind* is said only where a preset's interval and plain SAC's do not overlap.",
    ...sections,
    "",
    `\`${command}\``,
    "",
  ].join("\n");
}

/** Whether its interval lies above plain SAC's, or below, or neither. */
export function besides(setting: SettingSummary, plain: SettingSummary | undefined): string {
  if (setting === plain || !plain) return "–";
  const [own, other] = [setting, plain].map(({ low, high }) => ({ low, high }));
  if (own?.low == null || other?.low == null || own.high === null || other.high === null) return "not known";
  if (own.low > other.high!) return "ahead";
  return own.high! < other.low ? "behind" : "not told apart";
}

function whole(value: number | null): string {
  return value === null ? "–" : Math.round(value).toLocaleString("en").replace("-", "−");
}
