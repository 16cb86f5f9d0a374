// What is wrong with the density that a policy gives for its own action: of another action, without the correction for
// tanh, averaged over dimensions, or of a sample that carries no gradient.

import { helperOf } from "./callees.ts";
import { lineOf } from "./critic.ts";
import type { Evaluator } from "./evaluate.ts";
import { Body, type Call, subjectOf } from "./function-body.ts";
import type { Source } from "./judge.ts";
import { nameOf, type Program, within } from "./lookup.ts";
import type { SourceFinding } from "./report.ts";
import { roleOf, symbols } from "./roles.ts";
import type { SoftValue } from "./soft.ts";
import type { Expression, Scope, Statement } from "./syntax.ts";

/** What is asked of a distribution, or of a module of densities. */
const density = /^log_?(prob|p|pdf|likelihood|density)$/i;
const transformed = /tanh|squash|transformed|beta\(|categorical|bernoulli/i;
/** A function of more is no policy's. */
const mostStatements = 1000;

export function judgeDensities(
  evaluator: Evaluator,
  values: readonly SoftValue[],
  discrete: boolean | undefined,
  source: Source,
): SourceFinding[] {
  return evaluator.program.scopes.flatMap((scope) => {
    if (scope.kind === "class" || scope.statements.length > mostStatements) return [];
    const body = new Body(scope, source);
    const squashes = body.calls((call) => /^tanh$/i.test(nameOf(call.callee)) && body.drawn(subjectOf(call)));
    return [
      ...ofAnotherAction(body, squashes),
      ...uncorrected(body, squashes, evaluator.program),
      ...handedOn(body, evaluator.program),
      ...ofSquashedClass(body, evaluator.program, source),
      ...(discrete === true ? [] : averaged(body)),
      ...(discrete === true ? [] : withoutGradient(body, values, evaluator)),
    ];
  });
}

/** The calls of a distribution's `log_prob`, but of those that squash themselves. */
function densities(body: Body) {
  return body
    .calls(
      ({ callee, args }) =>
        callee.kind === "member" &&
        density.test(callee.name) &&
        (args.length === 1 || (/pdf$/i.test(callee.name) && args.length === 3)),
    )
    .filter(({ call }) => {
      if (call.callee.kind !== "member") return false;
      const made = body.origin(call.callee.of);
      return !transformed.test(body.text(call.callee.of)) && !(made && transformed.test(body.text(made)));
    });
}

function squashed(body: Body, expression: Expression | undefined): boolean {
  const made = body.origin(expression);
  if (!made) return false;
  if (made.kind === "call" && /^tanh$/i.test(nameOf(made.callee))) return true;
  if (made.kind === "binary" && /[*+/-]/.test(made.operator)) {
    return squashed(body, made.left) || squashed(body, made.right);
  }
  return false;
}

function ofAnotherAction(body: Body, squashes: readonly { call: Call }[]): SourceFinding[] {
  const wrong = densities(body).filter(({ call }) => squashed(body, call.args[0]?.value));
  // tanh of what is squashed already, in a logarithm.
  const twice = squashes.filter(
    ({ call }) =>
      squashed(body, subjectOf(call)) &&
      body
        .calls((one) => nameOf(one.callee) === "log")
        .some(({ call: log }) => log.from < call.from && call.to < log.to),
  );
  return [...wrong, ...twice].map(({ call }) => ({
    id: "log-prob-wrong-action",
    severity: "error",
    confidence: 0.9,
    ...lineOf(call, body.source),
    evidence: { density: body.text(call) },
    message: wrong.some((one) => one.call === call)
      ? "The density of the action before tanh is evaluated at the squashed action: it is that of another point."
      : "The correction takes tanh of what is squashed already: log(1 − tanh²(tanh u)) is not the derivative.",
    fix: "Evaluate the density at the sample before tanh, and subtract log(1 − a²) with the squashed a.",
    reference: "log-prob-wrong-action",
  }));
}

function uncorrected(
  body: Body,
  squashes: readonly { call: Call; statement: Statement }[],
  program: Program,
): SourceFinding[] {
  if (squashes.length === 0) return [];
  const found = [...densities(body), ...byHand(body)];
  const [first] = found;
  if (!first) return [];
  const flows = found.flatMap(({ statement }) => [...body.ahead(statement)]);
  const all = new Set([...flows, ...flows.flatMap(({ value }) => [...body.behind(value)])]);
  const corrected = [...all].some((statement) => corrects(body, statement, program));
  if (corrected || squashed(body, first.call.kind === "call" ? first.call.args[0]?.value : undefined))
    return [];
  // Written out, it is told where it is called log π.
  const called = flows.find((one) => one.kind === "assign" && roleOf(nameOf(one.target)) === symbols.logProb);
  const at = densities(body).length > 0 ? first.statement : (called ?? first.statement);
  return [withoutCorrection(body, at.value, first.call)];
}

function withoutCorrection(body: Body, at: Expression, of: Expression): SourceFinding {
  return {
    id: "log-prob-uncorrected",
    severity: "error",
    confidence: 0.85,
    ...lineOf(at, body.source),
    evidence: { density: body.text(of) },
    message:
      "The action is squashed by tanh, and its density is that of the action before: the term log(1 − a²) is missing.",
    fix: "Subtract log(1 − a² + 1e-6) in each dimension, then sum.",
    reference: "log-prob-uncorrected",
  };
}

/** A function that is handed a sample with its density, squashes the sample, and hands the density on as it was. */
function handedOn(body: Body, program: Program): SourceFinding[] {
  const { parameters, statements } = body.scope;
  const handed = parameters.filter(({ name }) => roleOf(name) === symbols.logProb);
  if (handed.length === 0) return [];
  const squashes = body.calls(
    (call) =>
      /^tanh$/i.test(nameOf(call.callee)) &&
      parameters.some(({ name }) => nameOf(subjectOf(call) ?? call) === name),
  );
  if (squashes.length === 0) return [];
  return statements.flatMap((statement) => {
    const { kind, value } = statement;
    const parts =
      value.kind === "sequence"
        ? value.of
        : value.kind === "record"
          ? value.entries.map((one) => one.value)
          : [];
    if (kind !== "return" || !parts.some((part) => squashed(body, part))) return [];
    const density = parts.find((part) => handed.some(({ name }) => name === nameOf(part)));
    const corrected = density && [...body.behind(density)].some((one) => corrects(body, one, program, true));
    return density && !corrected ? [withoutCorrection(body, density, density)] : [];
  });
}

/** A distribution's own density where the same class's samples are squashed. */
function ofSquashedClass(body: Body, program: Program, source: Source): SourceFinding[] {
  const { scope } = body;
  const owner = scope.parent;
  if (owner?.kind !== "class" || !/^_?log_?prob/i.test(scope.name)) return [];
  const samples = owner.scopes.some(({ name, place }) => {
    const text = source.text.slice(place.from, place.to);
    return /sample/i.test(name) && /\btanh\(/.test(text) && /\br?sample\w*\(|randn|normal\(/.test(text);
  });
  const found = densities(body).filter(({ call }) => /normal|base|gauss|dist/i.test(body.text(call)));
  if (!samples || found.length === 0) return [];
  if (scope.statements.some((one) => corrects(body, one, program, true))) return [];
  return found.slice(0, 1).map(({ call, statement }) => withoutCorrection(body, statement.value, call));
}

/** −½·ε² − log σ − …, written out. */
function byHand(body: Body): { call: Expression; statement: Statement }[] {
  return body.scope.statements
    .filter((statement) => {
      const text = body.text(statement.value);
      const name = statement.kind === "assign" ? nameOf(statement.target) : "";
      return (
        /0\.5/.test(text) &&
        /log_?(std|sigma)|\bls\b/i.test(text) &&
        /pow|\*\*|square/.test(text) &&
        name !== ""
      );
    })
    .map((statement) => ({ call: statement.value, statement }));
}

/** A term of the sample: log(1 − a²), 2·(log 2 − u − softplus(−2u)), or by a helper that says so. */
function corrects(body: Body, statement: Statement, program: Program, any = false): boolean {
  return within(statement.value).some((part) => {
    if (part.kind !== "call") return false;
    const name = nameOf(part.callee);
    if (/correct|jacobian|log_?(abs_)?det|^inverse$|tanh_\w*log|squash/i.test(name)) return true;
    if (!any && !body.drawn(part)) return false;
    const helper = helperOf(part.callee, body.scope, program);
    if (helper && helper !== body.scope && terms(body, helper)) return true;
    if (/soft_?plus|log1p|log_?sigmoid|logaddexp/i.test(name)) return true;
    return (
      name === "log" &&
      [part, ...[...body.behind(part)].map(({ value }) => value)].some((one) =>
        /1\.?\d*f?\s*-|pow|\*\*|square|sub\(|ones_like/.test(body.text(one)),
      )
    );
  });
}

/** Whether a helper computes such a term of what it is given. */
function terms(body: Body, { place }: Scope): boolean {
  return /soft_?plus|log1p|log\([^\n]*(1\.?\d*f?\s*-|pow|\*\*|square|sub\()/i.test(body.text(place));
}

function averaged(body: Body): SourceFinding[] {
  return body
    .calls((call) => {
      if (!/^(mean|reduce_mean|average)$/.test(nameOf(call.callee)) || !acrossDimensions(call)) return false;
      const subject = subjectOf(call);
      return subject !== undefined && (isDensity(body, subject) || isCorrection(body, subject));
    })
    .map(({ call }) => ({
      id: "log-prob-averaged",
      severity: "error",
      confidence: 0.85,
      ...lineOf(call, body.source),
      evidence: { density: body.text(call) },
      message:
        "log π is averaged over the action's dimensions: it is d times too small, and so is the entropy that is compared with −d.",
      fix: "Sum over the dimensions.",
      reference: "log-prob-averaged",
    }));
}

/** A mean along the last axis, not over the batch. */
function acrossDimensions({ callee, args }: Call): boolean {
  const subject = subjectOf({ kind: "call", callee, args, from: 0, to: 0 });
  const axis = args.find(
    ({ name, value }) => /^(dim|axis|1)$/.test(name ?? "") || (name === undefined && value !== subject),
  );
  const value = axis?.value;
  if (!value) return false;
  if (value.kind === "number") return value.value === 1;
  return value.kind === "minus" && value.of.kind === "number" && value.of.value === 1;
}

/** log(1 − a²), whose mean over the dimensions is subtracted. */
function isCorrection(body: Body, subject: Expression): boolean {
  if (subject.kind !== "call" || nameOf(subject) !== "log" || !body.drawn(subject)) return false;
  const text = [subject, ...[...body.behind(subject)].map(({ value }) => value)].map((one) => body.text(one));
  return (
    text.some((one) => /1\.?\d*\s*-\s*[\w.]+(\(\w*\))?\s*(\.pow|\*\*|\.square)/.test(one)) &&
    densities(body).length > 0
  );
}

function isDensity(body: Body, subject: Expression): boolean {
  const all = [
    subject,
    ...[...body.behind(subject)].filter(({ to }) => to <= subject.from).map(({ value }) => value),
  ];
  const text = all.map((one) => body.text(one)).join("\n");
  if (/\b(reduce_)?sum\(|sum_rightmost|Independent|MultivariateNormal|softmax|Categorical/.test(text))
    return false;
  if (/\blog_?prob\(/i.test(text)) return true;
  return (
    byHand(body).some(({ call }) => all.includes(call)) ||
    (subject.kind === "name" && roleOf(subject.name) === symbols.logProb && all.length > 1)
  );
}

const others = /ppo|a2c|a3c|trpo|reinforce|vpg|discrete|categorical/i;
const reparameterised = /rsample|randn|Normal\(\s*(torch\.zeros|0\b|0\.)/;

function withoutGradient(body: Body, values: readonly SoftValue[], { program }: Evaluator): SourceFinding[] {
  if (!/\btorch\b/.test(body.source.text)) return [];
  const drawn = body.scope.statements.filter((one) => reparameterised.test(body.text(one)));
  if (drawn.some((one) => !/\.rsample\(/.test(body.text(one)))) return [];
  if (others.test(`${body.scope.name} ${body.scope.parent?.name ?? ""}`)) return [];
  const own = values.filter(({ scope }) => scope === body.scope);
  const actor = own.some(({ kind }) => kind === "actor");
  if (!actor && own.length > 0) return [];
  const learns = (scope: Scope) => values.some((value) => value.scope === scope && value.kind === "actor");
  // A distribution of the program's own may draw with a gradient under that name.
  const samplers = program
    .named("sample", "function")
    .filter(({ parent, parameters }) => parent?.kind === "class" && parameters.length <= 1);
  if (samplers.some(({ place }) => reparameterised.test(body.text(place)))) return [];
  const called = program.callsOf(body.scope.name).some(({ scope }) => learns(scope));
  if (!actor && !called && reparameterised.test(body.source.text)) return [];
  const found = body.calls((call) => {
    if (call.callee.kind !== "member" || call.callee.name !== "sample") return false;
    const made = body.origin(call.callee.of);
    if (call.args.length > 0 && !/Normal\(|Gaussian/.test(made ? body.text(made) : "")) return false;
    return !/categorical|bernoulli|buffer|memory|replay|space|dataset/i.test(
      `${body.text(call.callee.of)} ${made ? body.text(made) : ""}`,
    );
  });
  return found
    .filter(({ statement, call }) => {
      // Where a sample with a gradient is drawn in another branch, this one may be for acting.
      if (
        statement.withoutGradient ||
        drawn.some((one) => one === statement || one.arms.length > 0 || statement.arms.length > 0)
      )
        return false;
      // Its density is used, so that it is no mere acting.
      const flows = body.ahead(statement);
      const measured = [...flows].some((one) =>
        within(one.value).some(
          (part) =>
            part.kind === "call" &&
            density.test(nameOf(part.callee)) &&
            (part.args.length === 0 || part.args.some(({ value }) => body.behind(value).has(statement))),
        ),
      );
      const given = [...flows].some(({ kind }) => kind === "return");
      return measured && (actor || given) && call.callee.kind === "member";
    })
    .slice(0, 1)
    .map(({ call }) => ({
      id: "no-rsample",
      severity: "error",
      confidence: 0.85,
      ...lineOf(call, body.source),
      evidence: { sampled: body.text(call) },
      message:
        "sample() is cut off from the policy's parameters: Q has no gradient by them, and the actor learns from its entropy alone.",
      fix: "Draw with rsample().",
      reference: "no-rsample",
    }));
}
