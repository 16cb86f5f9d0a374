// A sweep as a picture that is redrawn in place: a line for each setting with its progress and figures, what runs now, and
// the time left at the speed of the last minutes. What ends is told above it.

import pc from "picocolors";
import { blankOutcome, type RunOutcome } from "../../sweep/outcome.ts";
import type { Plan } from "../../sweep/plan.ts";
import { studyReport } from "../../sweep/report.ts";
import type { SegmentProgress } from "../../sweep/segment.ts";
import { settingLabels } from "../../sweep/setting-labels.ts";
import { duration, grouped, short } from "../../text/numbers.ts";
import { cut, spread, widthOf } from "../terminal/line-width.ts";
import { LiveRegion, type Terminal } from "../terminal/live-region.ts";
import { closingText, runText } from "./plain-reporter.ts";
import type { Reporter } from "./reporter.ts";
import { settingsTable } from "./settings-table.ts";

/** Milliseconds between two pictures. */
const REDRAW = 250;
/** Milliseconds after which a run that says nothing is not shown as running. */
const SILENT = 15_000;
/** Lines for runs that go on. */
const RUNNING = 8;
/** Cells below which only what is left is told of the speed. */
const NARROW = 80;

interface Live extends SegmentProgress {
  readonly at: number;
}

export function liveReporter(terminal: Terminal, plan: Plan, out: string): Reporter {
  const region = new LiveRegion(terminal);
  const ended = new Map<string, RunOutcome>();
  const running = new Map<string, Live>();
  const total = plan.runs.reduce((sum, { config }) => sum + config.steps, 0);
  const stepsOf = new Map(plan.runs.map(({ id, config }) => [id, config.steps]));
  const labels = settingLabels(plan.runs.map(({ setting }) => setting));
  const several = new Set(plan.runs.map(({ env }) => env)).size > 1;
  let [first, settled, note, closed] = [{ at: Date.now(), steps: 0 }, false, "", false];
  let table: readonly string[] = [];
  let tableOf = -1;

  const stepsDone = () => {
    let sum = 0;
    for (const id of ended.keys()) sum += stepsOf.get(id) ?? 0;
    for (const [id, { step }] of running) if (!ended.has(id)) sum += step;
    return sum;
  };
  const draw = () => {
    if (closed) return;
    const width = Math.max(20, terminal.columns);
    const done = stepsDone();
    const now = Date.now();
    if (tableOf !== ended.size) {
      // Intervals take a moment: they are computed again only when a run has ended.
      const rows = plan.runs.map((run) => ended.get(run.id) ?? blankOutcome(run));
      table = settingsTable(studyReport(plan.name, plan.version, rows), width);
      tableOf = ended.size;
    }
    const speed = settled ? (done - first.steps) / ((now - first.at) / 1000) : 0;
    const left = speed > 0 ? `${duration((total - done) / speed)} left` : "time left not known yet";
    const isNarrow = width < NARROW;
    const live = [...running].filter(([id, { at }]) => !ended.has(id) && now - at < SILENT);
    const lines = live.slice(0, RUNNING).map(([id, { step, alpha, entropy, episodeReturn }]) => {
      const { env, setting, seed, config } = plan.runs.find((run) => run.id === id)!;
      const name = `${several ? `${env}  ` : ""}${labels.of(setting)}  seed ${seed}`;
      const figures = `${bar(step / config.steps, isNarrow ? 4 : 8)} α ${short(alpha)}  H ${short(entropy)}  return ${short(episodeReturn)}`;
      return spread(cut(name, Math.max(1, width - widthOf(figures) - 2)), figures, width);
    });
    const come = `  ${bar(done / total, isNarrow ? 8 : 16)} ${ended.size}/${plan.runs.length} runs`;
    const time = speed > 0 && !isNarrow ? `${grouped(Math.round(speed))} steps/s  ${left}` : left;
    const room = Math.max(1, width - widthOf(come) - widthOf(time) - 2);
    const head = spread(pc.bold(cut(plan.name, room)) + come, time, width);
    // Settings that have no room are in the report.
    const rows = Math.max(4, terminal.rows - lines.length - 5);
    const shown =
      table.length > rows
        ? [...table.slice(0, rows - 1), pc.dim(`… and ${table.length - rows + 1} more settings`)]
        : table;
    region.draw([
      head,
      "",
      ...shown,
      ...(lines.length > 0 ? [""] : []),
      ...lines.map((line) => pc.dim(line)),
      ...(note ? [note] : []),
    ]);
  };
  const timer = setInterval(draw, REDRAW);
  return {
    tell(event) {
      if (event.kind === "started") for (const outcome of event.done) ended.set(outcome.id, outcome);
      if (event.kind === "progress") {
        running.set(event.id, { ...event.progress, at: Date.now() });
        // The first words of a resumed run say where it is, not how fast it goes.
        if (!settled && running.size >= 1 && Date.now() - first.at > 3000) {
          first = { at: Date.now(), steps: stepsDone() };
          settled = true;
        }
      }
      if (event.kind === "run") {
        ended.set(event.outcome.id, event.outcome);
        if (event.outcome.status === "failed")
          region.print(`${pc.red("failed")}  ${runText(event.outcome)}\n`);
      }
      if (event.kind === "dropped") region.print(pc.dim(`${event.id}: given back, ${event.reason}\n`));
      if (event.kind === "done") {
        clearInterval(timer);
        running.clear();
        note = "";
        draw();
        closed = true;
        region.end();
        terminal.write(closingText(event.interrupted, out));
      }
    },
    ending() {
      note = pc.dim("ending after the next row of metrics; Ctrl-C again ends at once");
      draw();
    },
    close() {
      clearInterval(timer);
      if (!closed) region.end();
      closed = true;
    },
  };
}

function bar(share: number, width: number): string {
  const full = Math.round(Math.min(1, Math.max(0, share)) * width);
  return `${"━".repeat(full)}${pc.dim("╌".repeat(width - full))}`;
}
