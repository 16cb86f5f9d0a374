// Whether the ends that a time limit makes are stored as ends of episodes.

import { lineOf } from "./critic.ts";
import type { Evaluator } from "./evaluate.ts";
import type { Source } from "./judge.ts";
import { assigned, callsIn, nameOf, outward, spelling, within } from "./lookup.ts";
import type { SourceFinding } from "./report.ts";
import type { Expression, Scope } from "./syntax.ts";

const stores =
  /^(store\w*|add\w*|append|push\w*|save|remember|insert|put|save_?(transition|experience|memory)?|record|cache|memorize|observe)$/i;
const ended = /(^|_)(terminat\w*|terminal\w*|term|dones?|d)\d*($|_)/i;
const cut = /trunc|time_?limit|time_?out/i;
const limit = /max_?(ep|episode|step|t\b|path)|horizon|time_?limit/i;

export function judgeStorage(evaluator: Evaluator, source: Source): SourceFinding[] {
  const text = ({ from, to }: Expression) => source.text.slice(from, to);
  return evaluator.program.scopes.flatMap((scope) =>
    callsIn(scope).flatMap(({ call }): SourceFinding[] => {
      if (!stores.test(nameOf(call.callee))) return [];
      const [only] = call.args;
      const parts =
        call.args.length === 1 && only?.value.kind === "sequence"
          ? only.value.of
          : call.args.map(({ value }) => value);
      if (parts.length < 4) return [];
      const joined = parts.map((part) => joinedIn(part, scope, text)).find((found) => found !== undefined);
      if (!joined) return [];
      // Who stores both apart can tell them apart.
      const apart = parts.some(
        (part) => joinedIn(part, scope, text) === undefined && cut.test(spelling(part)),
      );
      if (
        apart ||
        parts.some((part) => /info/.test(spelling(part)) && /TimeLimit|handle_timeout/.test(source.text))
      )
        return [];
      const at = joined.limit ? joined.expression : call;
      return [
        {
          id: "done-includes-truncation",
          severity: "warning",
          confidence: 0.8,
          ...lineOf(at, source),
          evidence: { stored: text(joined.expression) },
          message:
            "What is stored as done is true at a time limit too: the state's value is masked although the episode could go on.",
          fix: "Store whether the episode terminated; use truncation only to reset.",
          reference: "done-includes-truncation",
        },
      ];
    }),
  );
}

/** `terminated or truncated`, by whatever spelling, or what was given that value. */
function joinedIn(
  part: Expression,
  scope: Scope,
  text: (expression: Expression) => string,
  depth = 0,
): { expression: Expression; limit?: true } | undefined {
  if (depth > 5) return undefined;
  const mentions = (pattern: RegExp) =>
    within(part).some((inner) => pattern.test(nameOf(inner)) && inner.kind !== "call");
  if (part.kind === "binary" && /^(or|\||\|\|)$/.test(part.operator)) {
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
    return wraps && inner ? joinedIn(inner, scope, text, depth + 1) : undefined;
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
    return last.part === undefined ? joinedIn(last.statement.value, place, text, depth + 1) : undefined;
  }
  return undefined;
}
