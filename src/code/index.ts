// Reads Soft Actor-Critic source code: what its α update computes, and what is wrong with it. Nothing is executed.

import { judgeActors } from "./actor.ts";
import { alphaLosses } from "./alpha-loss.ts";
import { judgeBounds } from "./bounds.ts";
import { judgeClaims } from "./claims.ts";
import { judgeClamps, parameterNames } from "./clamp.ts";
import { judgeTargets } from "./critic.ts";
import { judgeDensities } from "./density.ts";
import { Evaluator, ownerOf } from "./evaluate.ts";
import { clampOf, commonStep, initialAlpha } from "./facts.ts";
import { fixedAlpha } from "./fixed.ts";
import { judgeGradients } from "./gradient.ts";
import { readJavaScript } from "./javascript.ts";
import { judgeLoss, type Source } from "./judge.ts";
import { discreteOf } from "./kind.ts";
import { nameOf, within } from "./lookup.ts";
import { replacementOf } from "./mend.ts";
import { judgeModuleParameters } from "./module-parameter.ts";
import { alphaOptimizers } from "./optimizer.ts";
import { type Orientation, orientationOf } from "./orientation.ts";
import { judgeParameter } from "./parameter.ts";
import { type Plain, plainSource } from "./plain.ts";
import { readPython } from "./python.ts";
import type { ReadSourceOptions, SourceFacts, SourceFinding, SourceReport } from "./report.ts";
import { roleOf, symbols } from "./roles.ts";
import { judgeSaving } from "./saving.ts";
import { outermost, type SoftValue, type Subject, softValues } from "./soft.ts";
import { holderValues, judgeStaleness } from "./stale.ts";
import { judgeStorage } from "./storage.ts";
import type { Scope } from "./syntax.ts";
import { type Target, targetAt, targetOf } from "./target.ts";
import { judgeTwins } from "./twins.ts";
import { judgeSteps } from "./unstepped.ts";
import { judgeWeighing } from "./weighing.ts";

export { type Mended, mendedText } from "./mend.ts";
export { unifiedPatch } from "./patch.ts";
export type {
  AlphaUpdate,
  ReadSourceOptions,
  SourceFact,
  SourceFacts,
  SourceFinding,
  SourceReport,
} from "./report.ts";
export { sarifReport } from "./sarif.ts";

/** Or an optimiser that is given one tensor alone. */
const temperature =
  /(Adam\w*|SGD|RMSprop)\(\s*[[(]\s*[\w.]+\s*,?\s*[\])]|log_?alpha|alpha_?(log|loss|optim)|target_?entropy|entropy_?target|ent_?coef|log_?temp|alpha|temperature|entropy_(coef|weight|scale|goal)|(desired|goal|wanted|min)_?entropy|entropy_?(bar|min)|h_bar/i;
const critic =
  /critic|(^|[^a-z])q[fv]?_?\d?(_|\d|\b|net|func|val)|log_?alpha|target_?entropy|(alpha|temp)\w*_?loss|ent_?coef/i;
const likelihood = /log_?prob|log_?pi|logp|entropy|log_softmax/i;
/** Beyond this it is data, not a program. */
const longest = 250_000;
const mostLines = 20_000;

/**
 * A report, or undefined where the text holds no Soft Actor-Critic. Python, notebooks of it, JavaScript and TypeScript
 * are read. Never throws, never runs the text.
 */
export function readSource(text: string, options: ReadSourceOptions = {}): SourceReport | undefined {
  try {
    return read(text, options);
  } catch (error) {
    // The parser calls itself for each bracket: what is nested deeper than the stack is nobody's program.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function read(text: string, options: ReadSourceOptions): SourceReport | undefined {
  const path = options.path ?? "";
  const javascript =
    options.language === "javascript" || /\.[cm]?[jt]sx?$/.test(path) || pastedJavaScript(text, options);
  const { text: python, cells } = plainSource(
    text,
    options.language === "notebook" || path.endsWith(".ipynb"),
  );
  if (
    python.length > longest ||
    !temperature.test(python) ||
    !critic.test(python) ||
    !likelihood.test(python)
  )
    return undefined;
  const starts = [0, ...[...python.matchAll(/\n/g)].map(({ index }) => index + 1)];
  if (starts.length > mostLines) return undefined;
  const source: Source = {
    text: python,
    lineOf: (at) => {
      let low = 0;
      let high = starts.length - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (starts[middle]! <= at) low = middle;
        else high = middle - 1;
      }
      return low + 1;
    },
  };
  const root = javascript ? readJavaScript(python) : readPython(python);
  const evaluator = new Evaluator(root, python);
  const losses = alphaLosses(evaluator);
  const all = softValues(evaluator);
  const values = outermost(all);
  const optimizers = alphaOptimizers(evaluator, source);
  if (losses.length === 0 && values.length === 0 && optimizers.length === 0) return undefined;

  const target = targetOf(root, losses[0] && ownerOf(losses[0].scope), source.lineOf, python);
  const discrete = discreteOf(python, values);
  const shown = /\.(log_prob|logProb)\(|log_softmax/.test(python);
  const orientations: Record<Subject, Orientation> = {
    "log π": orientationOf(values, losses, "log π", shown),
    entropy: orientationOf(values, losses, "entropy", false),
  };
  /** The classes that tune α. */
  const owners = [...losses, ...optimizers].map(({ scope }) => ownerOf(scope));
  /** Other algorithms may stand in the same file. */
  const isSoft = ({ owner }: SoftValue) =>
    all.some((one) => one.owner === owner && one.logProb !== 0) || owners.includes(owner);
  const orientation = (value: SoftValue) => orientations[value.subject];
  const targets = new Map<Scope | undefined, Target | undefined>();
  const judged = losses.map((loss) => {
    const owner = ownerOf(loss.scope);
    if (!targets.has(owner)) targets.set(owner, targetOf(root, owner, source.lineOf, python));
    const named = targets.get(owner);
    const { from, to } = loss.together;
    const fact = { expression: python.slice(from, to), line: source.lineOf(from) };
    const beside = loss.level && targetAt(loss.level, source.lineOf, python);
    const inline = { fact, line: beside?.line ?? fact.line, sign: -1, linear: false, above: false };
    const same = named !== undefined && named.sign === beside?.sign;
    // The loss's own signs count the minus before H̄.
    const negated =
      loss.level &&
      within(loss.level.expression).some(
        (part) =>
          part.kind === "minus" && within(part.of).some((one) => roleOf(nameOf(one)) === symbols.target),
      );
    const told = negated ? undefined : beside;
    const own = loss.inline ? inline : told?.sign === undefined || same ? (named ?? told) : told;
    return judgeLoss(loss, own, discrete, orientations[loss.subject], source);
  });
  const fixed =
    losses.length === 0 && optimizers.length === 0 ? fixedAlpha(evaluator, values, source) : undefined;
  const lines = python.split("\n");
  const findings = onceEach([
    ...(fixed ? [fixed] : []),
    ...judged.flatMap((one) => one.findings),
    ...(losses.length === 0 && optimizers.length === 0 && values.every(({ logProb }) => logProb === 0)
      ? []
      : [
          ...judgeActors(evaluator, values, all, isSoft, orientation, discrete, source),
          ...judgeTargets(values, all, isSoft, orientation, evaluator.program, source),
          ...judgeTwins(values, isSoft, orientation, source),
          ...judgeDensities(evaluator, all, discrete, source),
          ...judgeStorage(evaluator, all, source),
        ]),
    ...judgeParameter(evaluator, optimizers, losses, source),
    ...judgeWeighing(evaluator, all, optimizers, source),
    ...judgeSteps(losses, optimizers, source),
    ...judgeModuleParameters(evaluator, losses, optimizers, source),
    ...judgeClamps(evaluator, optimizers, losses, source),
    ...judgeStaleness(evaluator, losses, optimizers, all, source),
    ...holderValues(evaluator, losses, all, source),
    ...judgeGradients(evaluator, losses, optimizers, values, source),
    ...judgeSaving(optimizers, source),
    ...judgeBounds(losses.length > 0 ? target : undefined, source),
    ...judged
      .slice(0, 1)
      .flatMap(({ update, open }) => (open === undefined ? judgeClaims(update, source) : [])),
  ]).map((finding) => mendable({ ...finding, ...inCell(finding.line, cells) }, lines));
  const undecided =
    losses.length === 0 && !fixed
      ? "No expression here could be read as the α loss."
      : judged.find(({ open }) => open !== undefined)?.open;
  const [optimizer] = optimizers;
  const beside = losses[0]?.level && targetAt(losses[0].level, source.lineOf, python).fact;
  const declared =
    target?.fact.value === undefined && beside?.value !== undefined ? beside : (target?.fact ?? beside);
  const step =
    optimizers.find(({ learningRate }) => learningRate) ?? optimizer ?? commonStep(evaluator, losses, source);
  const names = parameterNames(evaluator, optimizers);
  const log =
    losses[0]?.form === "log-alpha" ||
    [...names].some((name) => /log/i.test(name) || evaluator.exponentiated.has(name));
  const initial = optimizer && initialAlpha(optimizer, log, source);
  const broken = findings.some(({ id }) => id === "clamp-before-step");
  const clamp = clampOf(evaluator, names, log, broken, source);
  const facts: SourceFacts = {
    ...(declared ? { targetEntropy: declared } : {}),
    ...(step.optimizer ? { optimizer: step.optimizer } : {}),
    ...(step.learningRate ? { alphaLearningRate: step.learningRate } : {}),
    ...(initial ? { initialAlpha: initial } : {}),
    ...(clamp ? { clamp } : {}),
    ...(losses[0] ? { lossForm: losses[0].form } : {}),
    ...(judged[0] ? { alphaUpdate: judged[0].update } : {}),
    ...(discrete === undefined ? {} : { discrete }),
    ...frameworkOf(python),
    ...(undecided === undefined ? {} : { undecided }),
  };
  return { path, verdict: verdictOf(findings, undecided === undefined), facts, findings };
}

function mendable(finding: SourceFinding, lines: readonly string[]): SourceFinding {
  const replacement = finding.replacement ?? replacementOf(finding, lines);
  return replacement ? { ...finding, replacement } : finding;
}

function inCell(line: number, cells: Plain["cells"]): Pick<SourceFinding, "cell" | "cellLine"> {
  const cell = cells.findLast((one) => one.line <= line);
  return cell ? { cell: cell.cell, cellLine: line - cell.line + 1 } : {};
}

/** A paste without a name: declarations and braces that no Python has. */
function pastedJavaScript(text: string, { path = "", language = "auto" }: ReadSourceOptions): boolean {
  if (path !== "" || language !== "auto") return false;
  return (
    /^\s*(const|let|export|class \w+[^:]*\{|function )/m.test(text) && !/^\s*(def |import torch)/m.test(text)
  );
}

function verdictOf(findings: readonly SourceFinding[], read: boolean): SourceReport["verdict"] {
  if (findings.some(({ severity }) => severity === "error")) return "fault";
  if (findings.some(({ severity }) => severity === "warning")) return "suspect";
  return read ? "right" : "undecided";
}

function frameworkOf(text: string): Pick<SourceFacts, "framework"> {
  if (/\bimport torch|from torch/.test(text)) return { framework: "torch" };
  if (/\bimport jax|from jax|import optax/.test(text)) return { framework: "jax" };
  return /tensorflow/.test(text) ? { framework: "tensorflow" } : {};
}

function onceEach(findings: readonly SourceFinding[]): SourceFinding[] {
  const seen = new Set<string>();
  return findings.filter(({ id, line }) => {
    const key = `${id}:${line}`;
    const first = !seen.has(key);
    seen.add(key);
    return first;
  });
}
