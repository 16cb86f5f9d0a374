// Draws the pictures of docs/doctor from the suite's logs: `npx tsx test/faults/pictures.ts`. Each shows α of a faulty
// run beside that of a healthy one of the same task and setting, and the faulty run's gap, with the finding's range.

import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { diagnose } from "../../src/doctor/index.ts";
import { readLog } from "./logs.ts";
import { styled } from "./styles.ts";
import { type Run, suite } from "./suite.ts";

const WIDTH = 720;
const PANEL = { left: 58, right: 12, top: 26, height: 120 };
const POINTS = 120;

interface Curve {
  readonly color: string;
  readonly values: ArrayLike<number>;
}

function draw(): void {
  const directory = fileURLToPath(new URL("../../docs/doctor/pictures/", import.meta.url));
  mkdirSync(directory, { recursive: true });
  const drawn = new Set<string>();
  for (const run of suite) {
    const [id] = run.fault.expected;
    if (id === undefined || drawn.has(id) || run.training.lossForm !== "log-alpha") continue;
    const picture = pictureOf(run, id);
    if (!picture) continue;
    drawn.add(id);
    writeFileSync(`${directory}${id}.svg`, picture);
  }
}

function pictureOf(run: Run, id: string): string | undefined {
  const healthy = suite.find(
    ({ fault, half, training }) =>
      fault.name === "healthy" &&
      half === run.half &&
      training.task === run.training.task &&
      training.lossForm === run.training.lossForm,
  )!;
  const [faultyRun, healthyRun] = [run, healthy].map((one) => {
    const { actionSize } = one.training.task;
    const offset = one.fault.entropyOffset?.(1);
    const ranges =
      offset === undefined ? {} : { actionHalfRange: Array<number>(actionSize).fill(Math.exp(offset)) };
    const meta = { name: one.name, learningRate: one.training.alphaLearningRate };
    return diagnose(
      styled(readLog(one)!, "entropy", { ...meta, declared: { actionDim: actionSize, ...ranges } }),
    );
  });
  const { evidence, findings } = faultyRun!;
  const [first] = findings;
  if (first?.id !== id) return undefined;
  const { updates, alpha } = evidence.rows;
  const last = updates[updates.length - 1]!;
  const range = first.steps.map((step) => step / last) as [number, number];
  const title = `${id} (${run.training.task.name}, d = ${run.training.task.actionSize})`;
  const panels = [
    panel(0, "α", true, range, [
      { color: "#8a949e", values: healthyRun!.evidence.rows.alpha },
      { color: "#b3470f", values: alpha },
    ]),
  ];
  if (evidence.gap) {
    panels.push(
      panel(1, "gap H − H̄, nats", false, range, [{ color: "#2459a8", values: evidence.gap.smooth }]),
    );
  }
  const height = panels.length * (PANEL.top + PANEL.height) + 24;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" font-size="12">`,
    `<title>${title}; in grey a healthy run of the same task and setting</title>`,
    `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
    ...panels,
    `<text x="${WIDTH - PANEL.right}" y="${height - 8}" text-anchor="end" fill="#5c6670">${title}; grey: a healthy run; ${last} updates</text>`,
    "</svg>\n",
  ].join("\n");
}

function panel(
  index: number,
  name: string,
  log: boolean,
  range: readonly [number, number],
  curves: readonly Curve[],
): string {
  const top = index * (PANEL.top + PANEL.height) + PANEL.top;
  const scale = (value: number) => (log ? Math.log10(value) : value);
  const all = curves
    .flatMap(({ values }) => Array.from(values, scale))
    .filter(Number.isFinite)
    .concat(log ? [] : [0]);
  const low = Math.min(...all);
  const high = Math.max(...all, low + 1e-9);
  const x = (share: number) => PANEL.left + share * (WIDTH - PANEL.left - PANEL.right);
  const y = (value: number) => top + PANEL.height * (1 - (value - low) / (high - low));
  const text = (value: number) => String(Number((log ? 10 ** value : value).toPrecision(2)));
  const label = (value: number) =>
    `<text x="${PANEL.left - 6}" y="${(y(value) + 4).toFixed(1)}" text-anchor="end" fill="#5c6670">${text(value)}</text>`;
  return [
    `<text x="${PANEL.left}" y="${top - 8}" font-weight="600">${name}</text>`,
    `<rect x="${x(range[0]).toFixed(1)}" y="${top}" width="${Math.max(2, x(range[1]) - x(range[0])).toFixed(1)}" height="${PANEL.height}" fill="#d6336c" opacity="0.1"/>`,
    `<path d="M${PANEL.left} ${top}V${top + PANEL.height}H${WIDTH - PANEL.right}" fill="none" stroke="#c8ced4"/>`,
    log ? "" : `<path d="M${x(0)} ${y(0).toFixed(1)}H${x(1)}" stroke="#5c6670" stroke-dasharray="4 4"/>`,
    label(low),
    label(high),
    ...curves.map(({ color, values }) => {
      const stride = Math.max(1, Math.floor(values.length / POINTS));
      const points = Array.from(values, scale).flatMap((value, i) =>
        i % stride === 0 && Number.isFinite(value)
          ? [`${x(i / (values.length - 1)).toFixed(1)} ${y(value).toFixed(1)}`]
          : [],
      );
      return `<path d="M${points.join("L")}" fill="none" stroke="${color}" stroke-width="1.6"/>`;
    }),
  ]
    .filter((line) => line !== "")
    .join("\n");
}

draw();
