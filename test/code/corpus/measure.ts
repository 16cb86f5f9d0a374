// How the reader does on the right programs and on their mutants: figures, and a line for each miss.

import { readSource, type SourceFinding, type SourceReport } from "../../../src/code/index.ts";
import { faultsOf, type Mutant, rightSiblings } from "./faults.ts";
import { type Facts, fileOf, type Half, sourceOf, type Variant } from "./variant.ts";

export interface Share {
  readonly good: number;
  readonly of: number;
}

export interface Measured {
  /** Right programs, and their siblings, without error or warning. */
  readonly silent: Share;
  /** Mutants whose fault is found on a right line under a right id. */
  readonly found: Share;
  /** Mutants with an error or a warning that is not their fault. */
  readonly second: Share;
  readonly facts: Share;
  readonly misses: readonly string[];
  /** How many of each fault are found. */
  readonly faults: ReadonlyMap<string, Share>;
}

export function measure(half: Half, variants: readonly Variant[]): Measured {
  const counts = { silent: [0, 0], found: [0, 0], second: [0, 0], facts: [0, 0] };
  const misses: string[] = [];
  const faults = new Map<string, Share>();
  const count = (name: keyof typeof counts, good: boolean, miss: string) => {
    counts[name][1]!++;
    if (good) counts[name][0]!++;
    if (good === (name === "second")) misses.push(`${name.padEnd(6)} ${miss}`);
  };
  for (const variant of variants) {
    const { file } = variant;
    const source = sourceOf(half, variant);
    const read = (text: string) => readSource(fileOf(variant, text), { path: file });
    const report = read(source);
    count("silent", serious(report).length === 0, `${file}: ${told(serious(report))}`);
    for (const [fact, good, said] of factsOf(variant.facts, report)) {
      count("facts", good, `${file}: ${fact} is ${said}`);
    }
    for (const sibling of rightSiblings(variant, source)) {
      const said = read(sibling.text);
      count("silent", serious(said).length === 0, `${file}, ${sibling.name}: ${told(serious(said))}`);
      if (!sibling.holds) continue;
      const clamp = { clamp: { min: -5, max: 2, holds: true } };
      for (const [fact, good, is] of factsOf(clamp, said)) {
        count("facts", good, `${file}, ${sibling.name}: ${fact} is ${is}`);
      }
    }
    for (const mutant of faultsOf(variant, source)) {
      const all = read(mutant.text);
      const findings = serious(all);
      const where = `${file}, ${mutant.fault} (${mutant.ids.join(" or ")}, line ${mutant.spans.map(([from]) => from).join(" or ")})`;
      // What many right programs have too is found as a remark.
      const found = (all?.findings ?? []).some((finding) => names(mutant, finding));
      const { good, of } = faults.get(mutant.fault) ?? { good: 0, of: 0 };
      faults.set(mutant.fault, { good: good + (found ? 1 : 0), of: of + 1 });
      count("found", found, `${where}: ${told(findings)}`);
      const others = findings.filter(({ id }) => !mutant.ids.includes(id));
      count("second", others.length > 0, `${where}: ${told(others)}`);
    }
  }
  const share = ([good, of]: number[]): Share => ({ good: good!, of: of! });
  return {
    silent: share(counts.silent),
    found: share(counts.found),
    second: share(counts.second),
    facts: share(counts.facts),
    misses,
    faults,
  };
}

function names({ ids, spans }: Mutant, { id, line, endLine = line }: SourceFinding): boolean {
  return ids.includes(id) && spans.some(([from, to]) => line <= to && endLine >= from);
}

/** A right program may be told what is so, never that it is wrong. */
function serious(report: SourceReport | undefined): readonly SourceFinding[] {
  return report?.findings.filter(({ severity }) => severity !== "info") ?? [];
}

function told(findings: readonly SourceFinding[]): string {
  return findings.map(({ severity, id, line }) => `${severity} ${id}, line ${line}`).join("; ") || "nothing";
}

function factsOf(
  facts: Facts,
  report: SourceReport | undefined,
): [name: string, good: boolean, said: unknown][] {
  const said = report?.facts;
  const list: [string, boolean, unknown][] = [];
  const { targetEntropy, alphaLearningRate, lossForm, optimizer, clamp } = facts;
  if (targetEntropy !== undefined) {
    const value = said?.targetEntropy?.value;
    list.push(["H̄", value === targetEntropy, value]);
  }
  if (alphaLearningRate !== undefined) {
    const value = said?.alphaLearningRate?.value;
    list.push(["α-lr", value === alphaLearningRate, value]);
  }
  if (lossForm !== undefined) list.push(["form", said?.lossForm === lossForm, said?.lossForm]);
  if (optimizer !== undefined) {
    const name = said?.optimizer?.toLowerCase().replace(/optimizer$/, "");
    list.push(["optimiser", name === optimizer, name]);
  }
  if (clamp !== undefined) {
    const near = (value: number | undefined, log: number) =>
      Math.abs((value ?? 0) / Math.exp(log) - 1) < 1e-6;
    const good =
      near(said?.clamp?.min, clamp.min) &&
      near(said?.clamp?.max, clamp.max) &&
      said?.clamp?.holds === clamp.holds;
    list.push(["clamp", good, said?.clamp && JSON.stringify(said.clamp)]);
  }
  return list;
}
