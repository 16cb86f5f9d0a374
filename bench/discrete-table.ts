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
  /** Nats, mean over the last fifth of the run. */
  readonly entropy: number;
  readonly targetEntropy: number;
  /** At the end, the most there was, and the change of log α over the last fifth. */
  readonly alpha: number;
  readonly largestAlpha: number;
  readonly drift: number;
  readonly qMean: number;
  /** What the doctor said while it ran. */
  readonly findings: readonly string[];
  /** [steps, α, entropy, mean return of the last 100 episodes, of an evaluation], an evaluation a row. */
  readonly curve: readonly (readonly number[])[];
  readonly processor: string;
  readonly seconds: number;
}

export function discreteTable(runs: readonly DiscreteRun[]): string {
  const groups = new Map<string, DiscreteRun[]>();
  for (const run of runs) {
    const key = `${run.env} ${run.share}`;
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  const rows = [...groups.values()]
    .sort((a, b) => order(a[0]!.env) - order(b[0]!.env) || a[0]!.share - b[0]!.share)
    .map((group) => rowOf(group.sort((a, b) => a.seed - b.seed)));
  const processors = [...new Set(runs.map(({ processor }) => processor))].join("; ");
  return `# Discrete actions: what is learned, and what the target entropy should be

\`--preset discrete\` on all three tasks; on Snake an update every four steps (\`--train-freq 4\`). A return is the mean of 50
deterministic episodes from seeds used for nothing else: of the agent as it is at the end, and of the one that ten episodes at
every twentieth of the run found best. Entropy over its target is the mean over the last fifth of the run. α is the one at the
end, in brackets by how many e-folds it moved over that fifth. The doctor read along; what it said stands in the last column.
One number a seed.

| env | steps | share of log n | seeds | return at the end | of the best | entropy / target | α | the doctor |
|---|---|---|---|---|---|---|---|---|
${rows.join("\n")}

\`npx tsx bench/discrete-learning.ts --shares 0.5 --seeds 1,2,3,4,5\` (and \`--only ENV\`), engine wasm, one thread, ${processors},
shared with other programs. A random policy has 22 on CartPole-v1, −500 on Acrobot-v1 and 0.13 on Snake.
`;
}

function order(env: string): number {
  return ["CartPole-v1", "Acrobot-v1", "tempered/Snake-v0"].indexOf(env);
}

function rowOf(group: readonly DiscreteRun[]): string {
  const [{ env, share, steps }] = group as [DiscreteRun];
  const each = (of: (run: DiscreteRun) => string | number) => group.map(of).join(", ");
  const rounded = (x: number, digits: number) => Number(x.toFixed(digits));
  const findings = [...new Set(group.flatMap((run) => run.findings))].map((id) => {
    const times = group.filter((run) => run.findings.includes(id)).length;
    return `\`${id}\` in ${times} of ${group.length}`;
  });
  return `| ${[
    env,
    steps.toLocaleString("en"),
    share,
    each(({ seed }) => seed),
    each(({ meanReturn }) => rounded(meanReturn, 1)),
    each(({ bestReturn }) => rounded(bestReturn, 1)),
    each(({ entropy, targetEntropy }) => rounded(entropy / targetEntropy, 2)),
    each(
      ({ alpha, drift }) => `${alpha.toPrecision(2)} (${drift < 0 ? "−" : "+"}${Math.abs(drift).toFixed(1)})`,
    ),
    findings.join(", ") || "nothing",
  ].join(" | ")} |`;
}
