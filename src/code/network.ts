// Whose Q a value takes: a target network's, by its name or because the program copies another network into it, or the
// one that is being trained.

import type { Event } from "./event.ts";
import type { Source } from "./judge.ts";
import { assigned, loopOf, nameOf, outward, spelling } from "./lookup.ts";
import { roleOf, symbols } from "./roles.ts";
import type { Expression, Scope } from "./syntax.ts";

type OfQ = Event & { readonly kind: "q" };

const targetName =
  /targ|tgt|(^|[._])(tar|slow)(_|\.|$|\d)|lagged|delayed|frozen|polyak|(^|[._\d])(t|old|bar|prime|ema|slow|hat)\d*(_?net|_?params)?($|[.(])|_(t|old|bar|prime|ema|slow|lagged)\d*(_|$|[.(])|(^|\.)t_?[qQ]\d?(_|$|[.(])/i;
/** What is done with a network and never with a value. */
const kept =
  /\w*(targ|tgt|_old|_bar|_ema|lagged)\w*\.(parameters|load_state_dict|state_dict|train|eval|requires_grad|set_weights|get_weights|trainable\w*|variables|weights|params|apply|replace)\b|(targ|tgt)\w*_?params|params_?\w*targ|\w*(targ|tgt|slow|_old|_ema)\w*\s*=\s*jax\.tree\w*[.\w]*\(|(soft|polyak|hard|sync|ema|incremental|periodic)\w*\([^)\n]*(targ|tgt|_old|_bar|_t\b)|\w*(targ|tgt)\w*\s*=\s*[\w.]*(critic|net|mlp|qf?|copy|clone|build|make|create)\w*\(|\b(private|readonly) \w*targ\w*(critic|q|net|model)\w*|(self|this)\.(\w*(critic|q|value|net)\w*_(t|old|bar|ema|targ\w*|tgt|lagged|prime)\d*|targ\w*_?(critic|q|v|net)\w*)\b[\w.,\s]*=(?!=)/i;

const copiesOf = new WeakMap<Source, ReadonlySet<string>>();

// The names stand before what is looked for: so they are read backwards from there.
const made = /\bdeepcopy\((?<=(\w+)(?:["']\])?\s*=\s*(?:copy\.)?deepcopy\()\s*[\w.]+/g;
const loaded = /\.load_state_dict\((?<=(\w+)\.load_state_dict\()\s*[\w.]+\.state_dict\(\)/g;

/** Networks that are made as copies of others, or given their parameters. */
function copies(source: Source): ReadonlySet<string> {
  let found = copiesOf.get(source);
  if (!found) {
    const { text } = source;
    found = new Set([...text.matchAll(made), ...text.matchAll(loaded)].map(([, name]) => name!));
    copiesOf.set(source, found);
  }
  return found;
}

function namesTarget(name: string, source: Source): boolean {
  return targetName.test(name) || copies(source).has(name.split(".").at(-1)!.replace(/\(.*/, ""));
}

export function hasTargets(source: Source): boolean {
  return copies(source).size > 0 || kept.test(source.text);
}

/** Whose Q it is, as the program spells it: the network, or what its parameters are called. */
function network(event: OfQ, source: Source): string {
  const { at, scope } = event;
  if (at.kind !== "call") return "";
  const callee = networkIn(at.callee);
  const spelt = source.text.slice(callee.from, callee.to);
  const applied = /^apply/.test(nameOf(at.callee));
  const given = at.args
    .map(({ value }) => source.text.slice(value.from, value.to))
    .filter((text, index) => text.length < 80 && ((applied && index === 0) || /param/i.test(text)));
  const held = at.args.find(({ name }) => name === "params")?.value;
  // A helper may be handed the network.
  given.push(
    ...at.args
      .map(({ value }) => (value.kind === "string" ? value.value : spelling(value)))
      .filter((name) => /targ|tgt/i.test(name)),
  );
  const root = rootOf(callee);
  const alias = root ? aliasOf(root, scope, source) : "";
  return `${spelt} ${given.join(" ")} ${held ? source.text.slice(held.from, held.to) : ""} ${alias}`;
}

/** `q` in `vmap(q)(…)`. */
function networkIn(callee: Expression): Expression {
  const first =
    callee.kind === "call" && /^(\w*vmap|\w*jit)$/.test(nameOf(callee)) ? callee.args[0] : undefined;
  return first?.value ?? callee;
}

/** `q` in `q.values(…)`. */
function rootOf(expression: Expression): (Expression & { kind: "name" }) | undefined {
  if (expression.kind === "member" || expression.kind === "item") return rootOf(expression.of);
  return expression.kind === "name" && expression.name !== "self" ? expression : undefined;
}

function aliasOf(name: Expression & { kind: "name" }, scope: Scope, source: Source): string {
  for (const place of outward(scope)) {
    const looped = loopOf(place, name.name, name.from);
    if (looped) {
      const { over } = looped.loop;
      // `few` in `few = sample(targets, 2)`.
      const given =
        over.kind === "name"
          ? assigned(place, over.name).findLast(({ statement }) => statement.to < name.from)
          : undefined;
      const value = given?.part === undefined ? given?.statement.value : undefined;
      const spelt = value && value.to - value.from < 120 ? source.text.slice(value.from, value.to) : "";
      return `${source.text.slice(over.from, over.to)} ${spelt.replace(/[(),[\]]/g, " ")}`;
    }
    const last = assigned(place, name.name).at(-1);
    if (last) {
      const { value } = last.statement;
      const part = last.part !== undefined && value.kind === "sequence" ? value.of[last.part] : value;
      return part && spelling(part) !== "" ? spelling(part) : "";
    }
  }
  return "";
}

export function isTarget(event: OfQ, source: Source): boolean {
  const { at, scope } = event;
  if (at.kind === "call")
    return network(event, source)
      .split(/\s+/)
      .some((part) => namesTarget(part, source));
  return namesTarget(nameOf(at), source) || targetName.test(sourceOf(at, scope, source));
}

/**
 * A network that is not the target; of a name, only where the program shows whose it is. Of an object that a helper is
 * handed, only beside that object's own target.
 */
export function isOnline(event: OfQ, source: Source, beside: readonly OfQ[] = []): boolean {
  if (isTarget(event, source)) return false;
  if (event.at.kind === "call") {
    const root = rootOf(networkIn(event.at.callee));
    // A network that a helper is handed may be either.
    if (/^apply/.test(nameOf(event.at.callee))) return true;
    const handed = outward(event.scope).find(({ parameters }) =>
      parameters.some(({ name }) => name === root?.name),
    );
    if (!handed || handed.name === "__init__") return true;
    const twin = (other: OfQ) =>
      other.at.kind === "call" &&
      other.at.callee.kind === "member" &&
      rootOf(other.at.callee)?.name === root?.name &&
      isTarget(other, source);
    if (event.at.callee.kind === "member" && beside.some(twin)) return true;
    return handed.parameters.some(({ name }) => targetName.test(name) && !/entropy/i.test(name));
  }
  return sourceOf(event.at, event.scope, source) !== "";
}

/** Where a network is chosen: its call, what made a name, or what is looped over. */
export function chosenAt({ at, scope }: OfQ, source: Source): Expression {
  const name = at.kind === "call" ? rootOf(networkIn(at.callee)) : at.kind === "name" ? at : undefined;
  if (!name) return at;
  for (const place of outward(scope)) {
    const { over } = loopOf(place, name.name, name.from)?.loop ?? {};
    const last = assigned(place, over?.kind === "name" ? over.name : name.name).findLast(
      ({ statement }) => statement.to < name.from,
    );
    if (over) return over.kind === "name" && last && last.part === undefined ? last.statement.value : over;
    const near = last && last.part !== undefined && at.from - last.statement.to < 300;
    if (last)
      return near && at.kind === "name" && sourceOf(at, scope, source) !== "" ? last.statement.value : at;
  }
  return at;
}

/** What made a name, where it is a method of some object. */
function sourceOf(at: Expression, scope: Scope, source: Source): string {
  for (const place of outward(scope)) {
    const last = assigned(place, spelling(at)).at(-1);
    if (!last) continue;
    const { value } = last.statement;
    if (value.kind !== "call" || value.callee.kind !== "member") return "";
    const name = nameOf(value.callee);
    const several = last.part !== undefined && /^(values?|evaluate|q_?values)$/.test(name);
    return several || roleOf(name) === symbols.q ? source.text.slice(value.callee.from, value.callee.to) : "";
  }
  return "";
}
