// What a program's settings are given: records, options of the command line, fields of classes, and what calls are given.

import { assigned, nameOf, spelling, within } from "./lookup.ts";
import { type Expression, everyScope, type Scope } from "./syntax.ts";

export interface Given {
  readonly value: Expression;
  readonly scope: Scope;
}

interface Settings {
  /** By their name: what is chosen, and what stands where nothing is. */
  readonly chosen: ReadonlyMap<string, readonly Given[]>;
  readonly defaults: ReadonlyMap<string, readonly Given[]>;
  /** By what is called; a class's calls are its constructor's. */
  readonly calls: ReadonlyMap<string, readonly { call: Call; scope: Scope }[]>;
  readonly functions: ReadonlyMap<string, readonly Scope[]>;
}

type Call = Expression & { readonly kind: "call" };

const known = new WeakMap<Scope, Settings>();

/** The values of a setting, those that are chosen before those that stand where nothing is. */
export function settingOf(name: string, scope: Scope): readonly (readonly Given[])[] {
  const { chosen, defaults } = settingsOf(scope);
  return [chosen.get(name) ?? [], defaults.get(name) ?? []];
}

/** What a name is given in one scope; of several at once, the one at its place. */
export function placesOf(
  scope: Scope,
  name: string,
): readonly { readonly value: Expression; readonly scope?: Scope }[] {
  return assigned(scope, name).flatMap(({ statement: { value }, part }) => {
    if (part === undefined) return [{ value }];
    if (value.kind === "sequence") return value.of[part] ? [{ value: value.of[part] }] : [];
    const { functions } = settingsOf(scope);
    const found = value.kind === "call" ? (functions.get(nameOf(value)) ?? []) : [];
    return found.length !== 1
      ? []
      : found[0]!.statements.flatMap((one) => {
          const returned =
            one.kind === "return" && one.value.kind === "sequence" ? one.value.of[part] : undefined;
          return returned ? [{ value: returned, scope: found[0]! }] : [];
        });
  });
}

/** What a function's parameter is given where it is called, or where its class is. */
export function givenTo(scope: Scope, name: string): readonly Given[] {
  const { calls } = settingsOf(scope);
  const own = scope.parameters.filter((one) => !/^(self|cls|this)$/.test(one.name));
  const place = own.findIndex((one) => one.name === name);
  const made = /^(__init__|constructor)$/.test(scope.name);
  const all = calls.get((made ? scope.parent?.name : scope.name) ?? "") ?? [];
  return all.slice(0, 8).flatMap(({ call, scope: from }) => {
    const named = call.args.find((one) => one.name === name)?.value;
    const bare = call.args.some(({ spread }) => spread)
      ? undefined
      : call.args.filter((one) => one.name === undefined)[place]?.value;
    const value = named ?? bare;
    return value ? [{ value, scope: from }] : [];
  });
}

function settingsOf(scope: Scope): Settings {
  let root = scope;
  while (root.parent) root = root.parent;
  let found = known.get(root);
  if (!found) {
    found = read(root);
    known.set(root, found);
  }
  return found;
}

function read(root: Scope): Settings {
  const chosen = new Map<string, Given[]>();
  const defaults = new Map<string, Given[]>();
  const calls = new Map<string, { call: Call; scope: Scope }[]>();
  const functions = new Map<string, Scope[]>();
  for (const scope of everyScope(root)) {
    if (scope.kind === "function") put(functions, scope.name, scope);
    for (const { name, default: value } of scope.parameters) if (value) put(defaults, name, { value, scope });
    for (const { target, value } of scope.statements.filter((one) => one.kind === "assign")) {
      if (scope.kind !== "function" && target.kind === "name") put(defaults, target.name, { value, scope });
      if (target.kind === "member" && !spelling(target).startsWith("self."))
        put(chosen, target.name, { value, scope });
    }
    for (const statement of scope.statements) {
      for (const part of within(statement.value)) {
        if (part.kind === "record") {
          for (const { name, value } of part.entries) if (name) put(defaults, name, { value, scope });
        }
        if (part.kind !== "call") continue;
        put(calls, nameOf(part.callee), { call: part, scope });
        for (const [name, value] of stated(part)) put(defaults, name, { value, scope });
        if (
          /^[A-Z_a-z]*([Cc]onfig|[Aa]rgs|[Nn]amespace|[Pp]aram\w*|dict|Dict|[Ss]ettings|replace|update)$/.test(
            nameOf(part.callee),
          )
        ) {
          for (const { name, value } of part.args) if (name) put(chosen, name, { value, scope });
        }
      }
    }
  }
  return { chosen, defaults, calls, functions };
}

/** `add_argument("--alpha-lr", default=…)`, `DEFINE_float("alpha_lr", …)`. */
function stated({ callee, args }: Call): [string, Expression][] {
  const [key, second] = args.filter((one) => one.name === undefined).map(({ value }) => value);
  const names = args.flatMap(({ value }) => (value.kind === "string" ? [value.value] : []));
  const value = args.find((one) => one.name === "default")?.value;
  const called = nameOf(callee);
  if (/^(add_argument|add_option|option|arg)$/.test(called) && value) {
    const destination = args.find((one) => one.name === "dest")?.value;
    const all = destination?.kind === "string" ? [destination.value] : names;
    return all.map((one) => [one.replace(/^-+/, "").replaceAll("-", "_"), value]);
  }
  if (
    /^(DEFINE_\w+|add_hyperparameter|register_buffer|suggest_\w+)$/.test(called) &&
    key?.kind === "string"
  ) {
    const given = value ?? second;
    return given ? [[key.value, given]] : [];
  }
  return [];
}

function put<T>(lists: Map<string, T[]>, name: string, one: T): void {
  const list = lists.get(name);
  if (list) list.push(one);
  else lists.set(name, [one]);
}
