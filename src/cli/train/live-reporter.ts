// For people at a terminal: the live view, redrawn when something has changed, and the result below it.

import pc from "picocolors";
import type { Evaluation } from "../../agent/evaluate.ts";
import type { LearnMetrics } from "../../agent/metrics-window.ts";
import type { Finding } from "../../doctor/index.ts";
import type { RunStart } from "../../training/events.ts";
import { LiveRegion, type Terminal } from "../terminal/live-region.ts";
import { liveView } from "./live-view.ts";
import { findingLine, summaryLines } from "./plain-reporter.ts";
import type { Reporter } from "./reporter.ts";

/** Milliseconds between two pictures. */
const REDRAW = 100;
/** Reports that the speed shown is taken from. */
const RECENT = 20;

/** What else is written to the terminal while the view stands there: Python's output, warnings. */
export interface OtherOutput {
  readonly isTTY?: boolean;
  write(text: string | Uint8Array): unknown;
}

/** @param others if it is on a terminal, it goes above the view */
export function liveReporter(terminal: Terminal, others?: OtherOutput): Reporter {
  const region = new LiveRegion(terminal);
  const write = others?.write;
  const history: LearnMetrics[] = [];
  const recent: { step: number; seconds: number }[] = [];
  const began = performance.now();
  let start: RunStart;
  let timer: NodeJS.Timeout | undefined;
  let evaluation: Evaluation | undefined;
  let busy: string | undefined;
  const findings: Finding[] = [];
  const notes: string[] = [];

  const draw = () => {
    const [first, last] = [recent[0], recent.at(-1)];
    const state = {
      start,
      history,
      step: start.stepsSoFar(),
      elapsed: (performance.now() - began) / 1000,
      stepsPerSecond: first && last ? (last.step - first.step) / (last.seconds - first.seconds) : Number.NaN,
      evaluation,
      busy,
      finding: findings.at(-1),
    };
    region.draw(liveView(state, terminal.columns, pc));
  };
  // A second Ctrl-C ends the process at once; its terminal wants its cursor back.
  const atExit = () => region.end();
  const end = () => {
    process.off("exit", atExit);
    clearInterval(timer);
    draw();
    region.end();
    if (others && write) others.write = write;
  };
  return {
    start(run) {
      start = run;
      process.on("exit", atExit);
      if (others?.isTTY) {
        others.write = (text) => {
          region.print(typeof text === "string" ? text : new TextDecoder().decode(text));
          return true;
        };
      }
      draw();
      timer = setInterval(draw, REDRAW);
    },
    report({ metrics, seconds, evaluation: made }) {
      history.push(metrics);
      // Steps before the first update are much faster and say nothing about the time left.
      if (!Number.isNaN(metrics.entropy)) recent.push({ step: metrics.step, seconds });
      if (recent.length > RECENT) recent.shift();
      evaluation = made ?? evaluation;
      busy = undefined;
    },
    warn(news) {
      findings.push(...news);
    },
    busy(what) {
      busy = what;
      draw();
    },
    note(text) {
      notes.push(`note: ${text}`);
    },
    done(summary) {
      end();
      terminal.write(
        `\n${[...notes, ...findings.map(findingLine), ...summaryLines(summary)].map((line) => ` ${line}\n`).join("")}`,
      );
    },
    failed: end,
  };
}
