// Whether a program's policy is discrete: by the distributions it names, or by whether its critics are given an action.

import { assigned, nameOf, within } from "./lookup.ts";
import type { SoftValue } from "./soft.ts";
import type { Expression, Scope } from "./syntax.ts";

const action = /(^|_)(act|action|actions|acts|a|pi|u|mu)\d*(_|$)|action/i;

/** Undefined where it is not shown, or serves both. */
export function discreteOf(text: string, values: readonly SoftValue[]): boolean | undefined {
  const categorical = /Categorical|log_softmax|\bsoftmax\(|action_space\.n\b|\bgumbel/i.test(text);
  // A critic that is given the action is a continuous policy's: a discrete one has Q of all actions at once.
  const gaussian =
    /\bNormal\b|rsample|log_?std|MultivariateNormal|Gaussian|Squashed|action_space\.(low|high)|max_action/i.test(
      text,
    ) ||
    /(?<!def )\b[\w.]*(critic|\bq|_q|qf)[\w.]*(?<!loss|losses)(?:\[\w+\])?\([^()\n]*(obs|state|next|\bs)\w*\)?,\s*[\w.]*(\ba_?|\bact|action|\bpi\b)/i.test(
      text,
    );
  // What asks for the kind of space serves both.
  if (/(issubclass|isinstance)\([^\n]*Discrete/.test(text)) return undefined;
  if (categorical !== gaussian) return categorical;
  return categorical ? undefined : givenActions(values) ? false : undefined;
}

function givenActions(values: readonly SoftValue[]): boolean {
  return values.some(
    ({ events, logProb }) =>
      logProb !== 0 &&
      events.some((event) => {
        if (event.kind !== "q" || event.at.kind !== "call") return false;
        const inputs = event.at.args.flatMap(({ value }) => inputsIn(value, event.scope));
        return inputs.length > 1 && inputs.some((one) => action.test(nameOf(one)));
      }),
  );
}

/** What a network is given, also where it is put together first. */
function inputsIn(value: Expression, scope: Scope): readonly Expression[] {
  if (value.kind !== "name") return value.kind === "sequence" ? value.of.flatMap(within) : within(value);
  const last = assigned(scope, value.name).findLast(({ statement }) => statement.to <= value.from);
  const made = last?.part === undefined ? last?.statement.value : undefined;
  return made?.kind === "sequence" ? [value, ...made.of.flatMap(within)] : [value];
}
