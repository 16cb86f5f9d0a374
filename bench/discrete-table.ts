// The runs of discrete-learning.ts as a Markdown table, a row a task and share.

export interface DiscreteRun {
  readonly env: string;
  readonly steps: number;
  readonly options: Readonly<Record<string, unknown>>;
  /** Of log n. */
  readonly share: number;
  readonly seed: number;
  /** Mean return of the agent at the end, and of the best on the way. */
  readonly meanReturn: number;
  readonly bestReturn: number;
  /** Nats, mean over the last tenth of the run. */
  readonly entropy: number;
  readonly targetEntropy: number;
  /** At the end, and the most there was. */
  readonly alpha: number;
  readonly largestAlpha: number;
  readonly qMean: number;
  readonly seconds: number;
}

export function discreteTable(runs: readonly DiscreteRun[]): string {
  const groups = new Map<string, DiscreteRun[]>();
  for (const run of runs) {
    const key = `${run.env} ${run.share}`;
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  const rows = [...groups.values()]
    .sort((a, b) => a[0]!.env.localeCompare(b[0]!.env) || a[0]!.share - b[0]!.share)
    .map((group) => {
      const [{ env, share, steps }] = group as [DiscreteRun];
      const each = (of: (run: DiscreteRun) => number, digits = 1) =>
        group.map((run) => Number(of(run).toFixed(digits))).join(", ");
      const ratio = (run: DiscreteRun) => run.entropy / run.targetEntropy;
      return `| ${env} | ${steps.toLocaleString("en")} | ${share} | ${group.map(({ seed }) => seed).join(", ")} | ${each((run) => run.meanReturn)} | ${each((run) => run.bestReturn)} | ${each(ratio, 2)} | ${group.map(({ alpha }) => alpha.toPrecision(2)).join(", ")} |`;
    });
  return `# Discrete actions: what the target entropy should be

Mean return of 50 deterministic episodes, of the agent as it is at the end and of the best on the way; the entropy of the last
tenth of the run over its target; α at the end. One number a seed.

| env | steps | share of log n | seeds | return at the end | of the best | entropy / target | α |
|---|---|---|---|---|---|---|---|
${rows.join("\n")}

\`npx tsx bench/discrete-learning.ts --shares 0.3,0.5,0.7,0.98\`
`;
}
