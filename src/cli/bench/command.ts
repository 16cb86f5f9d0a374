// `tempered bench`: how fast updates are on this machine, and how much of its matrix products' ceiling they reach.

import pc from "picocolors";
import { chooseEngine } from "../../engines/choose.ts";
import type { Arithmetic, ArithmeticChoice, EngineName } from "../../engines/engine.ts";
import type { ThreadChoice } from "../../engines/threads.ts";
import { updateFlops } from "../../measure/flops.ts";
import { gemmGflops } from "../../measure/gemm.ts";
import { machine } from "../../measure/machine.ts";
import { randomUpdates } from "../../measure/random-updates.ts";
import { quantile, timesOf } from "../../measure/timing.ts";
import { asInput } from "../bad-input.ts";
import type { CliContext } from "../context.ts";
import { engineText } from "../terminal/engine-text.ts";

export interface BenchFlags {
  readonly observationDim?: number;
  readonly actionDim?: number;
  readonly hidden?: readonly number[];
  readonly batch?: number;
  readonly engine?: "auto" | EngineName;
  readonly threads?: ThreadChoice;
  readonly arithmetic?: ArithmeticChoice;
  readonly seconds?: number;
  readonly json: boolean;
}

/** Share of the measuring time that the matrix products alone get, and the warm-up before. */
const [GEMM_SHARE, WARM_UP_SHARE] = [0.3, 0.2];

export default async function bench(this: CliContext, flags: BenchFlags): Promise<void> {
  const { observationDim = 17, actionDim = 6, hidden = [256, 256], batch = 256, seconds = 5, json } = flags;
  const sizes = { observationDim, actionDim, hidden, batch };
  const engine = await asInput(() =>
    chooseEngine({
      engine: flags.engine ?? "auto",
      threads: flags.threads ?? "auto",
      arithmetic: flags.arithmetic ?? "auto",
      work: { observationSize: observationDim, actionSize: actionDim, hidden, batchSize: batch },
    }),
  );
  try {
    const updates = await randomUpdates(engine, sizes);
    await timesOf(updates.update, WARM_UP_SHARE * seconds);
    const times = await timesOf(updates.update, seconds);
    await updates.dispose();
    const gemm = await gemmGflops(engine, GEMM_SHARE * seconds);

    const updatesPerSecond = (1000 * times.length) / times.reduce((sum, time) => sum + time, 0);
    const flopsPerUpdate = updateFlops(sizes);
    const result = {
      engine: engine.name,
      threads: engine.threads,
      ...(engine.arithmetic && { arithmetic: engine.arithmetic }),
      updatesPerSecond: rounded(updatesPerSecond),
      updateMs: { p10: rounded(quantile(times, 0.1)), p50: rounded(quantile(times, 0.5)) },
      gemmGflops: rounded(gemm),
      updateGflops: rounded((updatesPerSecond * flopsPerUpdate) / 1e9),
      flopsPerUpdate,
      updates: times.length,
      ...sizes,
      node: process.version,
      ...machine(),
    };
    this.process.stdout.write(json ? `${JSON.stringify(result)}\n` : text(result));
  } finally {
    await engine.dispose();
  }
}

type Result = ReturnType<typeof machine> & {
  readonly engine: string;
  readonly threads: number;
  readonly arithmetic?: Arithmetic;
  readonly updatesPerSecond: number;
  readonly updateMs: { readonly p10: number; readonly p50: number };
  readonly gemmGflops: number;
  readonly updateGflops: number;
  readonly flopsPerUpdate: number;
  readonly observationDim: number;
  readonly actionDim: number;
  readonly hidden: readonly number[];
  readonly batch: number;
};

function text(r: Result): string {
  const share = Math.round((100 * r.updateGflops) / r.gemmGflops);
  return [
    `${pc.bold(`${r.updatesPerSecond.toFixed(0)} updates a second`)}, ${engineText(r)}`,
    `  one update    ${r.updateMs.p50.toFixed(2)} ms median, ${r.updateMs.p10.toFixed(2)} ms at its fastest tenth`,
    `  arithmetic    ${r.updateGflops.toFixed(0)} GFLOP/s, ${share}% of the ${r.gemmGflops.toFixed(0)} that its matrix products reach alone`,
    pc.dim(
      `  observation ${r.observationDim}, action ${r.actionDim}, hidden ${r.hidden.join("×")}, batch ${r.batch}: ` +
        `${(r.flopsPerUpdate / 1e9).toFixed(2)} GFLOP an update`,
    ),
    pc.dim(`  ${r.cpu} (${r.vectors}, ${r.cores} cores), ${r.system}`),
    "",
  ].join("\n");
}

function rounded(value: number): number {
  return Number(value.toPrecision(5));
}
