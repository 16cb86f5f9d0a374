// What is wrong with a temperature that is a module's own parameter, whose optimiser is given the module: α kept raw, handed
// out without its exponential, or given another tensor.

import type { AlphaLoss } from "./alpha-loss.ts";
import { lineOf } from "./critic.ts";
import { type Evaluator, ownerOf } from "./evaluate.ts";
import type { Source } from "./judge.ts";
import { assigned, nameOf, spelling, within } from "./lookup.ts";
import type { AlphaOptimizer } from "./optimizer.ts";
import type { SourceFinding } from "./report.ts";
import { roleOf, symbols } from "./roles.ts";
import type { Expression, Scope } from "./syntax.ts";

/** Makes a parameter of a number. */
const parameter = /^(Parameter|Variable|create_parameter|add_weight|param)$/;
const positive = /\b(exp|softplus|sigmoid|square|abs)\(/;

interface Kept {
  readonly owner: Scope;
  readonly maker: Scope;
  readonly name: string;
  readonly at: Expression;
}

export function judgeModuleParameters(
  evaluator: Evaluator,
  losses: readonly AlphaLoss[],
  optimizers: readonly AlphaOptimizer[],
  source: Source,
): SourceFinding[] {
  const text = ({ from, to }: { from: number; to: number }) => source.text.slice(from, to);
  const held = new Set(optimizers.map(({ holds }) => holds.split(".").at(-1)));
  const all = evaluator.program.scopes.flatMap(parametersOf).filter(({ name }) => !held.has(name));
  return all.flatMap((kept) => [...raw(kept), ...handedOut(kept), ...replaced(kept)]);

  /** α itself is what the loss descends. */
  function raw({ name, at, owner }: Kept): SourceFinding[] {
    const descended = losses.some(
      (loss) =>
        loss.form === "alpha" &&
        ownerOf(loss.scope) === owner &&
        within(loss.expression).some((part) => nameOf(part) === name && part.kind === "member"),
    );
    if (roleOf(name) !== symbols.alpha || !descended || evaluator.exponentiated.has(name)) return [];
    if (
      new RegExp(
        `(softplus|clamp_?|clip)\\([^\\n]*\\b${name}\\b|\\b${name}\\b[^\\n]*(softplus|clamp|clip)`,
      ).test(source.text)
    )
      return [];
    return [negative(at, `The parameter is α itself (${name}): nothing keeps it above 0.`)];
  }

  /** The class is called for its temperature, and gives the parameter. */
  function handedOut({ name, owner }: Kept): SourceFinding[] {
    const made = evaluator.program.callsOf(owner.name).map(({ statement }) => statement);
    const asAlpha = made.some(
      (statement) =>
        statement.kind === "assign" &&
        roleOf(nameOf(statement.target).replace(/_?(module|holder|net|model|layer)$/i, "")) === symbols.alpha,
    );
    const used = losses.some(({ form }) => form === "alpha");
    if (!asAlpha || !used || positive.test(text(owner.place))) return [];
    return owner.scopes.flatMap((method) =>
      method.statements
        .filter(
          ({ kind, value }) =>
            kind === "return" && method.name !== "__init__" && spelling(bare(value)) === `self.${name}`,
        )
        .slice(0, 1)
        .map(({ value }) =>
          negative(
            value,
            `${owner.name} gives its parameter as it is, and what takes it for α may fall below 0.`,
          ),
        ),
    );
  }

  /** `self.log_alpha = torch.clamp(self.log_alpha, …)`. */
  function replaced({ name, owner, maker }: Kept): SourceFinding[] {
    return owner.scopes
      .filter((method) => method !== maker)
      .flatMap((method) => assigned(method, `self.${name}`))
      .filter(
        ({ statement: { value } }) =>
          within(value).some(
            (part) =>
              part.kind === "call" && /^(clamp|clip|maximum|minimum|clip_by_value)$/.test(nameOf(part)),
          ) && within(value).some((part) => spelling(part) === `self.${name}`),
      )
      .map(({ statement }) => ({
        id: "alpha-frozen",
        severity: "error",
        confidence: 0.9,
        ...lineOf(statement.value, source),
        evidence: { rebinds: `self.${name}` },
        message: `self.${name} is given a new tensor here, and the optimiser goes on with the parameter that the module had: α stands still from then on.`,
        fix: `Clamp in place: with torch.no_grad(): self.${name}.clamp_(…).`,
        reference: "alpha-frozen",
      }));
  }

  function negative(at: Expression, message: string): SourceFinding {
    return {
      id: "alpha-negative",
      severity: "error",
      confidence: 0.85,
      ...lineOf(at, source),
      evidence: { optimised: text(at) },
      message,
      fix: "Optimise log α and use its exponential.",
      reference: "alpha-negative",
    };
  }
}

/** What a class makes its parameter, by assignment or by registration. */
function parametersOf(maker: Scope): Kept[] {
  const owner = maker.parent;
  if (owner?.kind !== "class") return [];
  return maker.statements.flatMap((statement): Kept[] => {
    const { value } = statement;
    if (value.kind !== "call") return [];
    const [key, given] = value.args;
    if (nameOf(value) === "register_parameter" && key?.value.kind === "string" && given)
      return [{ owner, maker, name: key.value.value, at: value }];
    if (statement.kind !== "assign" || !parameter.test(nameOf(value))) return [];
    const name = /^self\.(\w+)$/.exec(spelling(statement.target))?.[1];
    const role = roleOf(name ?? "");
    if (name === undefined || (role !== symbols.alpha && role !== symbols.logAlpha)) return [];
    return [{ owner, maker, name, at: value }];
  });
}

/** Without what changes only its shape. */
function bare(value: Expression): Expression {
  if (
    value.kind === "call" &&
    value.callee.kind === "member" &&
    /^(squeeze|view|reshape|clone)$/.test(value.callee.name)
  )
    return bare(value.callee.of);
  return value;
}
