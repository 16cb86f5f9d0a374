// Which expressions of a statement may be losses: what it is worth, what is handed on to be minimised, what is compared with a
// prediction inside it; and not what is only reported.

import { spelling } from "./evaluate.ts";
import { nameOf, within } from "./lookup.ts";
import type { Expression, Statement } from "./syntax.ts";

/** The whole, and what is compared with a prediction inside it. */
export function expressionsIn(statement: Statement): Expression[] {
  const { value } = statement;
  const loss = lossIn(value);
  // What is only done holds no loss.
  const unpacked = statement.kind === "assign" && statement.target.kind === "sequence";
  // A number for a report.
  if (isReported(value) && (statement.kind === "return" || nameOf(value) === "item")) return [];
  const found = unpacked || (statement.kind === "evaluate" && loss === value) ? [] : [...lossesIn(statement)];
  if (statement.kind === "evaluate" && loss === value) found.push(...handed(value));
  for (const part of within(value)) {
    if (part.kind === "call" && part !== value && /backward$/.test(nameOf(part.callee)) && part.args[0]) {
      found.push(part.args[0].value);
    }
    const gradient = gradientOf(part);
    if (gradient) found.push(gradient);
    for (const argument of comparedIn(part)) {
      if (argument.kind === "binary" || argument.kind === "call") found.push(argument);
    }
  }
  return found;
}

/** What `tape.gradient(loss, …)` and `autograd.grad(loss, …)` differentiate. */
export function gradientOf(part: Expression): Expression | undefined {
  if (part.kind !== "call" || part.callee.kind !== "member" || part.args.length < 2) return undefined;
  const { name, of } = part.callee;
  const known = name === "gradient" || name === "gradients" || (name === "grad" && nameOf(of) === "autograd");
  return known ? part.args[0]?.value : undefined;
}

/** `Losses(actor_loss=…)` and `{"actor_loss": …}`: a loss with the name that it is handed on by. */
export function entriesOf(statement: Statement): { said: string; expression: Expression }[] {
  const { value } = statement;
  if (statement.kind === "evaluate") return [];
  return within(value).flatMap((part) => {
    const entries = part.kind === "call" ? part.args : part.kind === "record" ? part.entries : [];
    return entries.flatMap(({ name, value: expression }) =>
      name !== undefined && /loss|objective/i.test(name) && !isReported(expression)
        ? [{ said: name, expression }]
        : [],
    );
  });
}

/** The sides of a squared error, or of another measure of distance. */
export function comparedIn(part: Expression): Expression[] {
  if (part.kind === "call" && /mse|huber|l1_loss|criterion|loss_f/i.test(nameOf(part.callee)))
    return part.args.map(({ value }) => value);
  const method = part.kind === "call" && part.callee.kind === "member" ? part.callee : undefined;
  const squared =
    part.kind === "binary" && part.operator === "**"
      ? part.left
      : part.kind === "call" && /^(square|pow)$/.test(nameOf(part.callee))
        ? method?.of.kind === "binary"
          ? method.of
          : part.args[0]?.value
        : undefined;
  return squared?.kind === "binary" && squared.operator === "-" ? [squared.left, squared.right] : [];
}

/** A statement's loss; of a tuple that a function returns, each part; of a helper that steps, what it is handed. */
export function lossesIn(statement: Statement): Expression[] {
  const { value } = statement;
  if (statement.kind === "return" && value.kind === "sequence")
    return value.of.filter((one) => !isReported(one));
  const given = statement.kind === "evaluate" ? handed(value) : [];
  return given.length > 0 ? given : [lossIn(value)];
}

/** `loss.item()` and the like, which no gradient follows. */
function isReported(value: Expression): boolean {
  if (value.kind !== "call" || value.callee.kind !== "member" || value.args.length > 0) return false;
  const { name, of } = value.callee;
  return (
    name === "item" || (/^(detach|cpu|numpy|tolist)$/.test(name) && (spelling(of) !== "" || isReported(of)))
  );
}

/** `self.minimize("actor", loss)`: sums and products, which a helper that steps is handed. */
function handed(value: Expression): Expression[] {
  if (
    value.kind !== "call" ||
    !/minimi[sz]e|optimi[sz]e|(^|_)(step|apply|update)|backward/i.test(nameOf(value))
  )
    return [];
  return value.args
    .map((one) => one.value)
    .filter(
      (one) =>
        one.kind === "binary" ||
        one.kind === "call" ||
        one.kind === "minus" ||
        (one.kind === "name" && /loss|obj/i.test(one.name)),
    );
}

/** `loss.backward()` and `optimizer.minimize(loss)` step on the loss itself. */
export function lossIn(expression: Expression): Expression {
  if (expression.kind !== "call" || expression.callee.kind !== "member") return expression;
  const { name, of } = expression.callee;
  const first = expression.args[0]?.value;
  if (name === "backward")
    return spelling(of) === "self" || /accelerator|fabric/.test(spelling(of)) ? (first ?? of) : of;
  if (/^(minimize|manual_backward)$/.test(name)) return first ?? expression;
  return expression;
}
