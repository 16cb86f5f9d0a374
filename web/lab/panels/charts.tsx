// α, the entropy against its target, and the return, over environment steps. Stretches in which something was broken
// are marked; so are the moments at which it was.

import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { MAX_ENTROPY_PER_DIMENSION } from "../../../src/sac/temperature.ts";
import { Chart, type ChartLine, type ChartRange } from "../../shared/chart.tsx";
import { chartGroup, extentOf } from "../../shared/chart-group.ts";
import type { Laboratory } from "../laboratory.ts";
import type { History } from "../messages.ts";
import { tasks } from "../tasks.ts";

const NONE = new Float64Array(0);
const EMPTY: History = {
  step: NONE,
  alpha: NONE,
  entropy: NONE,
  targetEntropy: NONE,
  episodeStep: NONE,
  episodeReturn: NONE,
  events: [],
};

export function Charts({ laboratory }: { laboratory: Laboratory }): JSX.Element {
  const run = laboratory.run.value;
  const group = useMemo(chartGroup, [run]);
  const { history = EMPTY, step = 0 } = laboratory.progress.value ?? {};
  const { actionSize, solvedFrom } = tasks[laboratory.setup.value.task];
  const line = (id: string, name: string, color: string, y: Float64Array, x = history.step): ChartLine => ({
    id,
    group: "run",
    name,
    color,
    x,
    y,
  });
  const alpha = [line("alpha", "α", "var(--line-1)", history.alpha)];
  const entropy = [
    line("entropy", "H", "var(--line-2)", history.entropy),
    { ...line("target", "target H̄", "var(--line-1)", history.targetEntropy), dash: [6, 4] },
  ];
  const returns = [line("return", "return", "var(--line-3)", history.episodeReturn, history.episodeStep)];
  const extent = extentOf([...alpha, { x: history.step.length > 0 ? [0, step] : NONE }]);
  const ranges = brokenRanges(history, step);
  const shared = { xName: "step", xUnit: "steps", extent, group, ranges, height: 126 } as const;
  return (
    <div class="charts" id="charts">
      <Chart {...shared} title="Temperature α" log lines={alpha} empty="α moves with the first update" />
      <Chart
        {...shared}
        title="Entropy"
        yUnit="nats"
        lines={entropy}
        empty="The entropy is known from the first update on"
        levels={[
          {
            value: MAX_ENTROPY_PER_DIMENSION * actionSize,
            label: "most a policy can have",
            color: "var(--dim)",
            dash: [2, 3],
          },
        ]}
      />
      <Chart
        {...shared}
        title="Return of each episode"
        yUnit="reward"
        lines={returns}
        empty="No episode has ended yet"
        levels={[
          {
            value: solvedFrom,
            label: `solved from ${solvedFrom}`.replace("-", "−"),
            color: "var(--healthy)",
            dash: [2, 3],
          },
        ]}
      />
      <p class="small dim events" aria-live="polite">
        {history.events.map(({ step: at, text, faulty }, i) => (
          <span key={i} class={faulty ? "broken" : "mended"}>
            step {at.toLocaleString("en-US")}: {text}
          </span>
        ))}
      </p>
    </div>
  );
}

/** From each break to the mending that leaves nothing broken. */
function brokenRanges({ events }: History, now: number): ChartRange[] {
  const ranges: ChartRange[] = [];
  let broken = 0;
  let since = 0;
  const close = (to: number) => {
    ranges.push({ from: since, to, wash: "var(--error-wash)", edge: "var(--error)" });
  };
  for (const { step, faulty } of events) {
    if (faulty && broken++ === 0) since = step;
    if (!faulty && --broken === 0) close(step);
  }
  if (broken > 0) close(now);
  return ranges;
}
