// Whether a network is given the states and the next ones together. Such a pass shares a batch norm's statistics between
// both, as algorithms without a slow copy do.

import { assigned, nameOf, within } from "./lookup.ts";
import type { Expression, Scope } from "./syntax.ts";

/** `q1_Slow` of `q1Slow`. */
export const snake = (name: string): string => name.replace(/([a-z\d])([A-Z])/g, "$1_$2");

/** Whether there is a `cat([obs, next_obs])` in it, or in what its name was last given. */
export function joinsNext(given: Expression, scope: Scope): boolean {
  const last =
    given.kind === "name"
      ? assigned(scope, given.name).findLast(({ statement }) => statement.to <= given.from)
      : undefined;
  return within(last && last.part === undefined ? last.statement.value : given).some(isJoint);
}

function isJoint(part: Expression): boolean {
  if (part.kind !== "call" || !/^(cat|concat|concatenate|vstack|stack|row_stack)$/.test(nameOf(part)))
    return false;
  const all = part.args.flatMap(({ value }) => within(value));
  const names = all.map((one) => snake(nameOf(one)).toLowerCase());
  return names.some((name) => {
    const now = name.replace(/(^|_)next(?=_|$)/, "").replace(/^_/, "");
    return now !== name && now !== "" && names.includes(now);
  });
}
