// Python, as Lezer's tolerant parser sees it, in the reader's own terms.

import type { SyntaxNode } from "@lezer/common";
import { parser } from "@lezer/python";
import { add, children, place, scopeOf } from "./python-nodes.ts";
import type { Argument, Expression, Parameter, Placed, Scope } from "./syntax.ts";

/** Deeper nesting than any program's is left unread. */
const deepest = 150;

/** What holds for all statements of a block. */
interface Around {
  readonly withoutGradient: boolean;
  readonly arms: readonly Placed[];
}

export function readPython(text: string): Scope {
  const root = scopeOf("", "module", { from: 0, to: text.length });
  const names = new Map<string, string>();
  /** Whose expressions are being read. */
  let here = root;
  block(parser.parse(text).topNode, root, { withoutGradient: false, arms: [] }, 0);
  return root;

  function block(node: SyntaxNode, scope: Scope, around: Around, depth: number): void {
    if (depth > deepest) return;
    for (const child of children(node)) statement(child, scope, around, depth + 1);
  }

  function statement(node: SyntaxNode, scope: Scope, still: Around, depth: number): void {
    switch (node.name) {
      case "AssignStatement":
        assign(node, scope, still, depth);
        return;
      case "UpdateStatement": {
        const [target, operator, value] = children(node);
        if (!target || !operator || !value) return;
        const left = expression(target, depth);
        const sum: Expression = {
          kind: "binary",
          operator: textOf(operator).replace("=", ""),
          left,
          right: expression(value, depth),
          ...place(node),
        };
        add(scope, { kind: "assign", target: left, value: sum, ...still }, node);
        return;
      }
      case "ExpressionStatement":
        if (node.firstChild) {
          const yielded = node.firstChild.name === "YieldExpression" ? node.firstChild.lastChild : null;
          const value = expression(yielded ?? node.firstChild, depth);
          // `q.mul_(x)` is `q = q.mul_(x)`.
          const changed = value.kind === "call" && value.callee.kind === "member" ? value.callee : undefined;
          if (changed?.of.kind === "name" && /^(mul|add|sub|div|neg)_$/.test(changed.name))
            add(scope, { kind: "assign", target: changed.of, value, ...still }, node);
          else add(scope, { kind: "evaluate", value, ...still }, node);
        }
        return;
      case "ReturnStatement": {
        const values = children(node).slice(1);
        const value = sequence(values, node, depth);
        add(scope, { kind: "return", value, ...still }, node);
        return;
      }
      case "FunctionDefinition":
      case "ClassDefinition":
        define(node, scope, still, depth);
        return;
      case "DecoratedStatement": {
        const decorators = children(node).filter(({ name }) => name === "Decorator");
        const quiet = decorators.some((decorator) => /no_grad|inference_mode/.test(textOf(decorator)));
        const body = node.lastChild;
        if (body) statement(body, scope, { withoutGradient: quiet, arms: [] }, depth + 1);
        return;
      }
      case "WithStatement": {
        const body = node.getChild("Body");
        const head = text.slice(node.from, body?.from ?? node.to);
        const withoutGradient =
          still.withoutGradient || /no_grad|inference_mode|stop_recording|set_grad_enabled\(False/.test(head);
        if (body) block(body, scope, { ...still, withoutGradient }, depth + 1);
        return;
      }
      case "ForStatement": {
        loop(children(node), node, depth);
        const bodies = node.getChildren("Body");
        for (const body of bodies) block(body, scope, still, depth + 1);
        return;
      }
      case "IfStatement":
      case "TryStatement":
      case "MatchStatement":
        for (const child of children(node)) {
          if (!/^(Body|MatchBody|MatchClause)$/.test(child.name)) continue;
          // What is tried has run, as a rule.
          const sure = node.name === "TryStatement" && child.prevSibling?.name === "try";
          const arms = sure ? still.arms : [...still.arms, place(child)];
          block(child, scope, { ...still, arms }, depth + 1);
        }
        return;
      default:
        for (const child of children(node)) {
          if (child.name === "Body") block(child, scope, still, depth + 1);
        }
    }
  }

  function define(node: SyntaxNode, scope: Scope, still: Around, depth: number): void {
    const name = node.getChild("VariableName");
    const body = node.getChild("Body");
    if (!name || !body) return;
    const kind = node.name === "ClassDefinition" ? "class" : "function";
    const inner = scopeOf(textOf(name), kind, place(node), scope);
    inner.parameters.push(...parameters(node.getChild("ParamList"), depth));
    here = inner;
    block(body, inner, { ...still, arms: [] }, depth + 1);
    here = scope;
  }

  /** A function without a name, or with the one that it is given to. */
  function lambda(node: SyntaxNode, name: string, depth: number): void {
    const outer = here;
    const inner = scopeOf(name, "function", place(node), outer);
    inner.parameters.push(...parameters(node.getChild("ParamList"), depth));
    here = inner;
    const body = node.lastChild;
    if (body) {
      const value = expression(body, depth + 1);
      add(inner, { kind: "return", value, withoutGradient: false, arms: [] }, body);
    }
    here = outer;
  }

  /** `for TARGET in OVER`, of a statement or of a comprehension. */
  function loop(parts: readonly SyntaxNode[], whole: SyntaxNode, depth: number): void {
    for (const [at, part] of parts.entries()) {
      if (part.name !== "for") continue;
      const to = parts.findIndex(({ name }, index) => index > at && name === "in");
      const over = parts[to + 1];
      if (to < 0 || !over) continue;
      const target = sequence(parts.slice(at + 1, to), part, depth);
      here.loops.push({ target, over: expression(over, depth + 1), ...place(whole) });
    }
  }

  function assign(node: SyntaxNode, scope: Scope, still: Around, depth: number): void {
    const sides: SyntaxNode[][] = [[]];
    for (const child of children(node)) {
      if (child.name === "AssignOp") sides.push([]);
      else if (child.name !== "TypeDef") sides.at(-1)!.push(child);
    }
    if (sides.length < 2) return;
    const [only, ...others] = sides.at(-1)!;
    if (only?.name === "LambdaExpression" && others.length === 0) {
      lambda(only, textOf(sides[0]![0]!).split(".").at(-1)!, depth);
      return;
    }
    const value = sequence(sides.at(-1)!, node, depth);
    for (const side of sides.slice(0, -1)) {
      const target = sequence(side, node, depth);
      add(scope, { kind: "assign", target, value, ...still }, node);
    }
  }

  function parameters(list: SyntaxNode | null, depth: number): Parameter[] {
    const found: { name: string; default?: Expression }[] = [];
    let valued = false;
    for (const child of list ? children(list) : []) {
      if (child.name === "AssignOp") valued = true;
      else if (valued && found.length > 0) {
        found.at(-1)!.default = expression(child, depth);
        valued = false;
      } else if (child.name === "VariableName") found.push({ name: textOf(child) });
    }
    return found;
  }

  function sequence(nodes: readonly SyntaxNode[], whole: SyntaxNode, depth: number): Expression {
    const parts = nodes.filter(({ name }) => name !== ",");
    if (parts.length === 1 && nodes.length === 1) return expression(parts[0]!, depth);
    return {
      kind: "sequence",
      of: parts.map((part) => expression(part, depth)),
      ...place(whole),
    };
  }

  function expression(node: SyntaxNode, depth: number): Expression {
    const opaque: Expression = { kind: "opaque", ...place(node) };
    if (depth > deepest) return opaque;
    const parts = children(node);
    const at = place(node);
    const of = (part: SyntaxNode | undefined): Expression =>
      part === undefined ? opaque : expression(part, depth + 1);
    switch (node.name) {
      case "Number": {
        const value = Number(textOf(node).replaceAll("_", ""));
        return Number.isFinite(value) ? { kind: "number", value, ...at } : opaque;
      }
      case "VariableName":
        return { kind: "name", name: nameAt(node), ...at };
      case "ParenthesizedExpression":
        return of(parts[1]);
      case "UnaryExpression":
        if (textOf(parts[0]!) === "-") return { kind: "minus", of: of(parts[1]), ...at };
        if (/^(not|~)$/.test(textOf(parts[0]!))) return { kind: "not", of: of(parts[1]), ...at };
        return textOf(parts[0]!) === "+" ? of(parts[1]) : opaque;
      case "BinaryExpression": {
        const operator = textOf(parts[1]!);
        return { kind: "binary", operator, left: of(parts[0]), right: of(parts[2]), ...at };
      }
      case "ConditionalExpression":
        return { kind: "either", of: [of(parts[0]), of(parts[4])], test: of(parts[2]), ...at };
      case "NamedExpression":
        return of(parts[2]);
      case "AwaitExpression":
        return of(parts[1]);
      case "FormatString":
      case "String":
        return {
          kind: "string",
          value: stringOf(node),
          ...at,
        };
      case "DictionaryExpression": {
        const entries: Argument[] = [];
        for (const [index, part] of parts.entries()) {
          const value = parts[index + 1];
          if (part.name !== ":" || !value || parts[index - 1]?.name !== "String") continue;
          entries.push({ name: textOf(parts[index - 1]!).slice(1, -1), value: of(value) });
        }
        return { kind: "record", entries, ...at };
      }
      case "LambdaExpression":
        lambda(node, "", depth);
        return opaque;
      case "ArrayComprehensionExpression":
      case "SetComprehensionExpression":
      case "ComprehensionExpression":
        loop(parts, node, depth);
        return of(parts[1]);
      case "MemberExpression": {
        const property = parts.find(({ name }) => name === "PropertyName");
        if (property) return { kind: "member", of: of(parts[0]), name: nameAt(property), ...at };
        const base = of(parts[0]);
        const key = parts.length === 4 ? keyOf(parts[2]!) : "";
        if (/^\w+$/.test(key)) return { kind: "member", of: base, name: key, ...at };
        const index = parts.length === 4 ? Number(textOf(parts[2]!)) : Number.NaN;
        return Number.isInteger(index)
          ? { kind: "item", of: base, index, ...at }
          : { kind: "item", of: base, ...at };
      }
      case "CallExpression":
        return { kind: "call", callee: of(parts[0]), args: args(parts[1], depth), ...at };
      case "TupleExpression":
      case "ArrayExpression": {
        const items = parts.filter(({ name }) => !"()[],".includes(name));
        return { kind: "sequence", of: items.map(of), ...at };
      }
      default:
        return opaque;
    }
  }

  function args(list: SyntaxNode | undefined, depth: number): Argument[] {
    const found: Argument[] = [];
    const parts = list ? children(list).filter(({ name }) => !"(),".includes(name)) : [];
    const [, second] = parts;
    if (list && second?.name === "for") {
      loop(children(list), list, depth);
      return [{ value: expression(parts[0]!, depth + 1) }];
    }
    for (let at = 0; at < parts.length; at++) {
      const part = parts[at]!;
      if (parts[at + 1]?.name === "AssignOp" && parts[at + 2]) {
        found.push({ name: textOf(part), value: expression(parts[at + 2]!, depth + 1) });
        at += 2;
      } else if (part.name !== "*" && part.name !== "**") {
        const value = expression(part, depth + 1);
        found.push(parts[at - 1]?.name === "*" ? { value, spread: true } : { value });
      }
    }
    return found;
  }

  /** What is written between the quotes; of what is put into it, a digit. */
  function stringOf(node: SyntaxNode): string {
    const inner = textOf(node).replace(/^\w*("""|'''|"|')|("""|'''|"|')$/g, "");
    return node.name === "FormatString" ? inner.replace(/\{[^{}]*\}/g, "1") : inner;
  }

  /** `"done"`, and a constant that stands for such a key: `SampleBatch.TERMINATEDS`. */
  function keyOf(node: SyntaxNode): string {
    if (node.name === "String" || node.name === "FormatString") return stringOf(node);
    const last = node.name === "MemberExpression" ? node.getChild("PropertyName") : node;
    const constant = last !== null && /^(PropertyName|VariableName)$/.test(last.name) ? textOf(last) : "";
    return /^[A-Z][A-Z\d_]{2,}$/.test(constant) ? constant : "";
  }

  /** The same string for the same name: it is looked up many times. */
  function nameAt(node: SyntaxNode): string {
    const spelt = textOf(node);
    const known = names.get(spelt);
    if (known !== undefined) return known;
    names.set(spelt, spelt);
    return spelt;
  }

  function textOf(node: SyntaxNode): string {
    return text.slice(node.from, node.to);
  }
}
