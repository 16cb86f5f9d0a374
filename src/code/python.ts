// Python, as Lezer's tolerant parser sees it, in the reader's own terms.

import type { SyntaxNode } from "@lezer/common";
import { parser } from "@lezer/python";
import type { Argument, Expression, Parameter, Scope, Statement } from "./syntax.ts";

/** Deeper nesting than any program's is left unread. */
const deepest = 150;

export function readPython(text: string): Scope {
  const root: Scope = { name: "", kind: "module", parameters: [], statements: [], scopes: [] };
  block(parser.parse(text).topNode, root, false, 0);
  return root;

  function block(node: SyntaxNode, scope: Scope, withoutGradient: boolean, depth: number): void {
    if (depth > deepest) return;
    for (const child of children(node)) statement(child, scope, withoutGradient, depth + 1);
  }

  function statement(node: SyntaxNode, scope: Scope, still: boolean, depth: number): void {
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
        add(scope, { kind: "assign", target: left, value: sum, withoutGradient: still }, node);
        return;
      }
      case "ExpressionStatement":
        if (node.firstChild) {
          const value = expression(node.firstChild, depth);
          add(scope, { kind: "evaluate", value, withoutGradient: still }, node);
        }
        return;
      case "ReturnStatement": {
        const values = children(node).slice(1);
        const value = sequence(values, node, depth);
        add(scope, { kind: "return", value, withoutGradient: still }, node);
        return;
      }
      case "FunctionDefinition":
      case "ClassDefinition":
        define(node, scope, still, depth);
        return;
      case "DecoratedStatement": {
        const decorators = children(node).filter(({ name }) => name === "Decorator");
        const quiet = decorators.some((decorator) => /no_grad/.test(textOf(decorator)));
        const body = node.lastChild;
        if (body) statement(body, scope, quiet, depth + 1);
        return;
      }
      case "WithStatement": {
        const body = node.getChild("Body");
        const head = text.slice(node.from, body?.from ?? node.to);
        const quiet = still || /no_grad|inference_mode|stop_recording/.test(head);
        if (body) block(body, scope, quiet, depth + 1);
        return;
      }
      default:
        for (const child of children(node)) {
          if (child.name === "Body") block(child, scope, still, depth + 1);
        }
    }
  }

  function define(node: SyntaxNode, scope: Scope, still: boolean, depth: number): void {
    const name = node.getChild("VariableName");
    const body = node.getChild("Body");
    if (!name || !body) return;
    const inner: Scope = {
      name: textOf(name),
      kind: node.name === "ClassDefinition" ? "class" : "function",
      parent: scope,
      parameters: parameters(node.getChild("ParamList"), depth),
      statements: [],
      scopes: [],
    };
    scope.scopes.push(inner);
    block(body, inner, still, depth + 1);
  }

  function assign(node: SyntaxNode, scope: Scope, still: boolean, depth: number): void {
    const sides: SyntaxNode[][] = [[]];
    for (const child of children(node)) {
      if (child.name === "AssignOp") sides.push([]);
      else if (child.name !== "TypeDef") sides.at(-1)!.push(child);
    }
    if (sides.length < 2) return;
    const value = sequence(sides.at(-1)!, node, depth);
    for (const side of sides.slice(0, -1)) {
      const target = sequence(side, node, depth);
      add(scope, { kind: "assign", target, value, withoutGradient: still }, node);
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
        return { kind: "name", name: textOf(node), ...at };
      case "ParenthesizedExpression":
        return of(parts[1]);
      case "UnaryExpression":
        if (textOf(parts[0]!) === "-") return { kind: "minus", of: of(parts[1]), ...at };
        return textOf(parts[0]!) === "+" ? of(parts[1]) : opaque;
      case "BinaryExpression": {
        const operator = textOf(parts[1]!);
        return { kind: "binary", operator, left: of(parts[0]), right: of(parts[2]), ...at };
      }
      case "ConditionalExpression":
        return { kind: "either", of: [of(parts[0]), of(parts[4])], ...at };
      case "MemberExpression": {
        const property = node.getChild("PropertyName");
        if (property) return { kind: "member", of: of(parts[0]), name: textOf(property), ...at };
        const base = of(parts[0]);
        const key = parts.length === 4 && parts[2]!.name === "String" ? textOf(parts[2]!).slice(1, -1) : "";
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
    for (let at = 0; at < parts.length; at++) {
      const part = parts[at]!;
      if (parts[at + 1]?.name === "AssignOp" && parts[at + 2]) {
        found.push({ name: textOf(part), value: expression(parts[at + 2]!, depth + 1) });
        at += 2;
      } else if (part.name !== "*" && part.name !== "**") {
        found.push({ value: expression(part, depth + 1) });
      }
    }
    return found;
  }

  function textOf(node: SyntaxNode): string {
    return text.slice(node.from, node.to);
  }
}

type Unplaced<S> = S extends unknown ? Omit<S, "from" | "to"> : never;

function add(scope: Scope, statement: Unplaced<Statement>, node: SyntaxNode): void {
  scope.statements.push({ ...statement, ...place(node) } as Statement);
}

function place({ from, to }: SyntaxNode): { from: number; to: number } {
  return { from, to };
}

function children(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) {
    if (child.name !== "Comment") found.push(child);
  }
  return found;
}
