// Whether the ends that a time limit makes are stored as ends of episodes.

import { lineOf } from "./critic.ts";
import type { Evaluator } from "./evaluate.ts";
import type { Source } from "./judge.ts";
import { assigned, callsIn, nameOf, outward, spelling, within } from "./lookup.ts";
import type { SourceFinding } from "./report.ts";
import type { SoftValue } from "./soft.ts";
import type { Argument, Expression, Scope } from "./syntax.ts";

const stores =
  /^(store\w*|add\w*|append|push\w*|save|remember|insert|put|save_?(transition|experience|memory)?|record|cache|memorize|observe)$/i;
const ended = /(^|_)(terminat\w*|terminal\w*|term|dones?|d)\d*($|_)/i;
const cut = /trunc|time_?limit|time_?out/i;
const limit = /max_?(ep|episode|step|t\b|path)|horizon|time_?limit/i;

export function judgeStorage(
  evaluator: Evaluator,
  values: readonly SoftValue[],
  source: Source,
): SourceFinding[] {
  const text = ({ from, to }: Expression) => source.text.slice(from, to);
  return [...stored(evaluator, source, text), ...masked(values, source, text)];
}

/** A batch that tells both apart, put together again where the next value is masked. */
function masked(
  values: readonly SoftValue[],
  source: Source,
  text: (expression: Expression) => string,
): SourceFinding[] {
  return values.flatMap(({ kind, statement, scope }) => {
    if (kind !== "backup") return [];
    // What an ended episode gets may be a value of its own.
    const found = within(statement.value).find(
      (part) =>
        ((part.kind === "binary" && part.operator === "-" && part.left.kind === "number") ||
          part.kind === "not" ||
          (part.kind === "call" && nameOf(part) === "logical_not")) &&
        joinedIn(negatedIn(part), scope, text) !== undefined,
    );
    return found ? [finding(found, negatedIn(found), source, text)] : [];
  });
}

function negatedIn(part: Expression): Expression {
  if (part.kind === "binary") return part.right;
  if (part.kind === "not") return part.of;
  if (part.kind !== "call") return part;
  return part.callee.kind === "member" && part.args.length === 0
    ? part.callee.of
    : (part.args[0]?.value ?? part);
}

function stored(
  evaluator: Evaluator,
  source: Source,
  text: (expression: Expression) => string,
): SourceFinding[] {
  return evaluator.program.scopes.flatMap((scope) =>
    callsIn(scope).flatMap(({ call }): SourceFinding[] => {
      if (!stores.test(nameOf(call.callee))) return [];
      const parts = partsStored(call.args, scope);
      if (parts.length < 4) return [];
      const joined = parts.map((part) => joinedIn(part, scope, text)).find((found) => found !== undefined);
      if (!joined) return [];
      // Who stores both apart can tell them apart.
      const apart = parts.some(
        (part) =>
          joinedIn(part, scope, text) === undefined &&
          (cut.test(spelling(part)) || ended.test(spelling(part)) || stepPart(part, scope) === 2),
      );
      if (
        apart ||
        parts.some((part) => /info/.test(spelling(part)) && /TimeLimit|handle_timeout/.test(source.text))
      )
        return [];
      // A name that says terminated is given what is more; one that says done may be for the reset.
      const named = joined.named !== undefined && /termina/i.test(joined.named);
      return [finding(joined.limit || named ? joined.expression : call, joined.expression, source, text)];
    }),
  );
}

function finding(
  at: Expression,
  joined: Expression,
  source: Source,
  text: (expression: Expression) => string,
): SourceFinding {
  return {
    id: "done-includes-truncation",
    severity: "warning",
    confidence: 0.8,
    ...lineOf(at, source),
    evidence: { stored: text(joined) },
    message:
      "What is stored as done is true at a time limit too: the state's value is masked although the episode could go on.",
    fix: "Store whether the episode terminated; use truncation only to reset.",
    reference: "done-includes-truncation",
  };
}

/** What is stored: each argument, or each part of the tuple, record or transition that is the only one. */
function partsStored(args: readonly Argument[], scope: Scope): readonly Expression[] {
  const [only] = args;
  if (args.length !== 1 || !only) return args.map(({ value }) => value);
  const given =
    only.value.kind === "name"
      ? assigned(scope, only.value.name).findLast(({ statement }) => statement.to <= only.value.from)
      : undefined;
  const whole = given?.part === undefined ? (given?.statement.value ?? only.value) : only.value;
  if (whole.kind === "sequence") return whole.of;
  if (whole.kind === "record") return whole.entries.map(({ value }) => value);
  return whole.kind === "call" ? whole.args.map(({ value }) => value) : [whole];
}

/** Which of what a step of the environment returns, `next, reward, terminated, truncated, info`, a name was given. */
function stepPart(expression: Expression, scope: Scope): number | undefined {
  if (expression.kind !== "name") return undefined;
  for (const place of outward(scope)) {
    const last = assigned(place, expression.name).findLast(
      ({ statement }) => statement.to <= expression.from,
    );
    if (!last) continue;
    const { target, value } = last.statement;
    const five = target.kind === "sequence" && target.of.length === 5;
    return five && value.kind === "call" && nameOf(value) === "step" ? last.part : undefined;
  }
  return undefined;
}

/** `terminated or truncated`, by whatever spelling, or what was given that value. */
function joinedIn(
  part: Expression,
  scope: Scope,
  text: (expression: Expression) => string,
  depth = 0,
): { expression: Expression; limit?: true; named?: string } | undefined {
  if (depth > 5) return undefined;
  const mentions = (pattern: RegExp) =>
    within(part).some(
      (inner) =>
        inner.kind !== "call" &&
        (pattern.test(nameOf(inner)) || stepPart(inner, scope) === (pattern === cut ? 3 : 2)),
    );
  const or = part.kind === "binary" && /^(or|\||\+)$/.test(part.operator);
  if (or || (part.kind === "either" && text(part).includes("||"))) {
    return mentions(cut) && mentions(ended) ? { expression: part } : undefined;
  }
  if (part.kind === "binary" && part.operator === "-" && part.left.kind === "number" && part.left.value === 1)
    return joinedIn(part.right, scope, text, depth + 1);
  if (part.kind === "call") {
    if (
      /^(logical_or|bitwise_or|maximum|any|max)$/.test(nameOf(part.callee)) &&
      mentions(cut) &&
      mentions(ended)
    ) {
      return { expression: part };
    }
    const [first] = part.args;
    const inner = part.callee.kind === "member" && part.args.length === 0 ? part.callee.of : first?.value;
    const wraps =
      /^(float|int|bool|array|tensor|astype|float32|as_tensor|FloatTensor|item|cpu|numpy|to)$/.test(
        nameOf(part.callee),
      );
    // A short name for what makes tensors.
    const makes = part.callee.kind === "name" && part.args.length === 1;
    return (wraps || makes) && inner ? joinedIn(inner, scope, text, depth + 1) : undefined;
  }
  if (part.kind === "sequence" && part.of.length === 1) return joinedIn(part.of[0]!, scope, text, depth + 1);
  if (part.kind === "either" && /^\s*True\s+if\b/.test(text(part)) && limit.test(text(part))) {
    return { expression: part, limit: true };
  }
  if (part.kind === "item") return joinedIn(part.of, scope, text, depth + 1);
  if (part.kind !== "name") return undefined;
  for (const place of outward(scope)) {
    const all = assigned(place, part.name);
    if (all.length === 0) continue;
    const last = all.findLast(({ statement }) => statement.to <= part.from) ?? all.at(-1)!;
    const found =
      last.part === undefined ? joinedIn(last.statement.value, place, text, depth + 1) : undefined;
    return found && { named: part.name, ...found };
  }
  return undefined;
}
