// A study of many runs at one look: a panel for each quantity, and a table of settings with how far their runs have come
// and what the doctor says of each.

import type { JSX } from "preact";
import type { StudyCurve, StudyRunState, StudySetting } from "../../../src/curves/study-protocol.ts";
import { grouped, short, signed } from "../../../src/text/numbers.ts";
import { lineStyle } from "../../shared/colors.ts";
import { lookAt } from "./store.ts";
import "./study.css";
import { StudyPanel } from "./study-panel.tsx";
import { choose, chosenEnv, env, envs, focused, settings, study } from "./study-store.ts";

const PANELS = [
  { title: "Return", note: "of training episodes", curve: "return" },
  {
    title: "Temperature α",
    note: "logarithmic; ▲ the doctor’s marks",
    curve: "alpha",
    log: true,
    marks: true,
  },
  { title: "Entropy H", note: "nats", curve: "entropy" },
  { title: "Gap H − H̄", note: "nats", curve: "gap", level: 0 },
] as const;

export function Study(): JSX.Element | null {
  const { value } = study;
  if (!value) return null;
  const all = value.settings.flatMap(({ runs }) => runs);
  const count = (...wanted: string[]) => all.filter(({ status }) => wanted.includes(status)).length;
  const share = all.reduce((sum, run) => sum + shareOf(run), 0) / Math.max(1, all.length);
  const ended = count("ended", "failed", "stopped");
  return (
    <section class="study" aria-label={`Study ${value.name}`}>
      <header>
        <h2>{value.name}</h2>
        <span class="dim numeric">
          {grouped(ended)} of {grouped(all.length)} runs have ended
          {count("running") > 0 && `, ${count("running")} under way`}
          {count("stopped") > 0 && `, ${count("stopped")} stopped before their time`}
          {count("failed") > 0 && `, ${count("failed")} failed`}
        </span>
        <progress max={1} value={share} aria-label="Progress of the study" />
      </header>
      {envs.value.length > 1 && (
        <fieldset class="segments">
          <legend class="unseen">Environment</legend>
          {envs.value.map((name) => (
            <label key={name}>
              <input
                type="radio"
                name="study-env"
                checked={env.value === name}
                onChange={() => {
                  chosenEnv.value = name;
                }}
              />
              <span>{name}</span>
            </label>
          ))}
        </fieldset>
      )}
      <div class="study-panels">
        {PANELS.map((panel) => (
          <StudyPanel key={panel.curve} {...panel} settings={settings.value} focused={focused.value} />
        ))}
      </div>
      <p class="chart-note">
        Median over the seeds, and their middle half. Choose a setting to see its runs below.
      </p>
      <Settings />
    </section>
  );
}

const COLUMNS: readonly { curve: StudyCurve; name: string; text: (value: number) => string }[] = [
  { curve: "return", name: "return", text: short },
  { curve: "alpha", name: "α", text: short },
  { curve: "entropy", name: "H", text: short },
  { curve: "gap", name: "H − H̄", text: signed },
];

function Settings(): JSX.Element {
  return (
    <div class="scroll">
      <table aria-label="Settings">
        <thead>
          <tr>
            <th scope="col">Setting</th>
            {COLUMNS.map(({ name }) => (
              <th scope="col" class="number" key={name}>
                {name}
              </th>
            ))}
            <th scope="col">Runs</th>
            <th scope="col">Doctor</th>
          </tr>
        </thead>
        <tbody>
          {settings.value.map((setting, place) => (
            <Setting key={setting.setting} setting={setting} place={place} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Setting({
  setting,
  place,
}: {
  readonly setting: StudySetting;
  readonly place: number;
}): JSX.Element {
  const { color, dash } = lineStyle(place);
  const { runs, bands } = setting;
  const counts = new Map<string, number>();
  for (const { verdict } of runs) if (verdict) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  return (
    <tr class={focused.value === setting.setting ? "chosen" : ""}>
      <th scope="row">
        <button
          type="button"
          aria-pressed={focused.value === setting.setting}
          onClick={() => choose(setting)}
        >
          <svg class="study-key" viewBox="0 0 22 8" aria-hidden="true">
            <path d="M1 4H21" stroke={color} stroke-dasharray={dash.join(" ")} />
          </svg>
          {setting.setting}
        </button>
      </th>
      {COLUMNS.map(({ curve, text }) => {
        const last = bands[curve]?.median.at(-1);
        return (
          <td class="number" key={curve}>
            {last === undefined ? "–" : text(last)}
          </td>
        );
      })}
      <td>
        <span class="study-runs">
          {runs.map((run) => (
            <Run key={run.id} run={run} />
          ))}
        </span>
      </td>
      <td>
        {[...counts].map(([verdict, count]) => (
          <span key={verdict} class={`verdict ${verdict}`}>
            {count} {verdict}
          </span>
        ))}
      </td>
    </tr>
  );
}

/** A run as a little bar that fills; it opens what the doctor says of it. */
function Run({ run }: { readonly run: StudyRunState }): JSX.Element {
  const { seed, status, step, steps, verdict, findings } = run;
  const words = [
    `seed ${seed}: ${status === "missing" ? "not begun" : status}`,
    ...(step > 0 ? [`${grouped(step)} of ${grouped(steps)} steps`] : []),
    ...(verdict ? [verdict] : []),
    ...findings.map(({ id }) => id),
  ].join(", ");
  return (
    <button
      type="button"
      class={`study-run ${status} ${verdict ?? ""}`}
      aria-label={words}
      title={words}
      disabled={run.run === undefined}
      onClick={() => run.run !== undefined && lookAt(run.run)}
    >
      <i style={{ height: `${Math.round(100 * Math.min(1, step / steps))}%` }} />
    </button>
  );
}

function shareOf({ status, step, steps }: StudyRunState): number {
  return status === "running" || status === "missing" ? Math.min(1, step / steps) : 1;
}
