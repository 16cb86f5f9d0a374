// JavaScript and TypeScript, as Lezer's tolerant parser sees them, in the reader's own terms.

import type { SyntaxNode } from "@lezer/common";
import { parser } from "@lezer/javascript";
import type { Argument, Expression, Parameter, Placed, Scope, Statement } from "./syntax.ts";

const deepest = 150;
const typed = parser.configure({ dialect: "ts" });
const functions = new Set(["ArrowFunction", "FunctionExpression"]);

export function readJavaScript(text: string): Scope {
  const root: Scope = {
    name: "",
    kind: "module",
    parameters: [],
    statements: [],
    loops: [],
    place: { from: 0, to: text.length },
    scopes: [],
  };
  /** The branches around what is being read. */
  let arms: readonly Placed[] = [];
  block(typed.parse(text).topNode, root, 0);
  return root;

  function block(node: SyntaxNode, scope: Scope, depth: number): void {
    if (depth > deepest) return;
    for (const child of children(node)) statement(child, scope, depth + 1);
  }

  function statement(node: SyntaxNode, scope: Scope, depth: number): void {
    switch (node.name) {
      case "VariableDeclaration":
        declare(node, scope, depth);
        return;
      case "ExpressionStatement":
        evaluate(children(node)[0], scope, depth);
        return;
      case "ReturnStatement": {
        const value = children(node).find(({ name }) => name !== "return" && name !== ";");
        if (!value) return;
        nested(node, scope, depth);
        add(scope, { kind: "return", value: expression(value, depth) }, node);
        return;
      }
      case "ClassDeclaration": {
        const body = node.getChild("ClassBody");
        if (body) block(body, define(node.getChild("VariableDefinition"), "class", undefined, scope), depth);
        return;
      }
      case "MethodDeclaration":
        called(
          node,
          node.getChild("PropertyDefinition") ?? node.getChild("PrivatePropertyDefinition"),
          scope,
          depth,
        );
        return;
      case "FunctionDeclaration":
        called(node, node.getChild("VariableDefinition"), scope, depth);
        return;
      case "PropertyDeclaration": {
        const parts = children(node);
        const at = parts.findIndex(({ name }) => name === "Equals");
        const property = node.getChild("PropertyDefinition") ?? node.getChild("PrivatePropertyDefinition");
        if (at < 0 || !property || !parts[at + 1]) return;
        // A field is given its value by the constructor.
        const owner =
          scope.scopes.find(({ name }) => name === "fields") ??
          inner("fields", "function", [], scope, scope.place);
        const self: Expression = { kind: "name", name: "self", ...place(property) };
        const target: Expression = { kind: "member", of: self, name: textOf(property), ...place(property) };
        add(owner, { kind: "assign", target, value: expression(parts[at + 1]!, depth) }, node);
        return;
      }
      case "IfStatement":
      case "SwitchStatement": {
        const outer = arms;
        for (const child of children(node)) {
          if (!/Statement$|^Block$|Declaration$|^SwitchBody$/.test(child.name)) continue;
          arms = [...outer, place(child)];
          statement(child, scope, depth + 1);
        }
        arms = outer;
        return;
      }
      case "ForStatement": {
        const [target, over] = ofLoop(node.getChild("ForOfSpec"));
        if (target && over) {
          scope.loops.push({ target: pattern(target), over: expression(over, depth), ...place(node) });
        }
        inside(node, scope, depth);
        return;
      }
      default:
        inside(node, scope, depth);
    }
  }

  function inside(node: SyntaxNode, scope: Scope, depth: number): void {
    for (const child of children(node)) {
      if (/Statement$|^Block$|Declaration$|Clause$/.test(child.name)) statement(child, scope, depth + 1);
    }
  }

  /** `target of over`. */
  function ofLoop(spec: SyntaxNode | null): (SyntaxNode | undefined)[] {
    const parts = spec ? children(spec) : [];
    const at = parts.findIndex(({ name }) => name === "of");
    return at > 0 ? [parts[at - 1], parts[at + 1]] : [];
  }

  function declare(node: SyntaxNode, scope: Scope, depth: number): void {
    let target: SyntaxNode | undefined;
    const parts = children(node);
    for (let at = 0; at < parts.length; at++) {
      const part = parts[at]!;
      if (/^(VariableDefinition|ArrayPattern|ObjectPattern)$/.test(part.name)) target = part;
      const value = parts[at + 1];
      if (part.name !== "Equals" || !target || !value) continue;
      if (functions.has(value.name)) called(value, target, scope, depth);
      else {
        nested(value, scope, depth);
        const whole = expression(value, depth);
        if (target.name === "ObjectPattern") entries(target, whole, scope, node, depth);
        else add(scope, { kind: "assign", target: pattern(target), value: whole }, node);
      }
    }
  }

  /** `const { a, b: c } = whole`: each name is given its own entry. */
  function entries(from: SyntaxNode, whole: Expression, scope: Scope, node: SyntaxNode, depth: number): void {
    for (const part of from.getChildren("PatternProperty")) {
      const [key, name = key] = children(part).filter(({ name }) => /Name$|Definition$|Pattern$/.test(name));
      if (!key || !name || depth > deepest) continue;
      const value: Expression = { kind: "member", of: whole, name: textOf(key), ...place(node) };
      if (name.name === "ObjectPattern") entries(name, value, scope, node, depth + 1);
      else add(scope, { kind: "assign", target: pattern(name), value }, node);
    }
  }

  function evaluate(node: SyntaxNode | undefined, scope: Scope, depth: number): void {
    if (!node) return;
    const parts = children(node);
    if (node.name === "AssignmentExpression" && parts.length === 3) {
      const [left, operator, right] = parts as [SyntaxNode, SyntaxNode, SyntaxNode];
      nested(right, scope, depth);
      const target = expression(left, depth);
      const value = expression(right, depth);
      const sum: Expression =
        operator.name === "Equals"
          ? value
          : {
              kind: "binary",
              operator: textOf(operator).replace("=", ""),
              left: target,
              right: value,
              ...place(node),
            };
      add(scope, { kind: "assign", target, value: sum }, node);
      return;
    }
    nested(node, scope, depth);
    add(scope, { kind: "evaluate", value: expression(node, depth) }, node);
  }

  /** Functions that are handed to others are read as if they stood there by a name. */
  function nested(node: SyntaxNode, scope: Scope, depth: number): void {
    if (depth > deepest) return;
    for (const child of children(node)) {
      if (functions.has(child.name)) called(child, null, scope, depth + 1);
      else nested(child, scope, depth + 1);
    }
  }

  function called(node: SyntaxNode, name: SyntaxNode | null, scope: Scope, depth: number): void {
    const made = define(name, "function", node.getChild("ParamList") ?? undefined, scope);
    const body = node.getChild("Block");
    const outer = arms;
    arms = [];
    kept(node.getChild("ParamList"), made);
    if (body) block(body, made, depth + 1);
    else if (node.lastChild) {
      nested(node.lastChild, made, depth + 1);
      add(made, { kind: "return", value: expression(node.lastChild, depth) }, node.lastChild);
    }
    arms = outer;
  }

  /** `constructor(private readonly rate: number)` gives the object its field. */
  function kept(list: SyntaxNode | null, scope: Scope): void {
    for (const name of list?.getChildren("VariableDefinition") ?? []) {
      if (!/^(Privacy|readonly)$/.test(name.prevSibling?.name ?? "")) continue;
      const self: Expression = { kind: "name", name: "self", ...place(name) };
      const target: Expression = { kind: "member", of: self, name: textOf(name), ...place(name) };
      add(
        scope,
        { kind: "assign", target, value: { kind: "name", name: textOf(name), ...place(name) } },
        name,
      );
    }
  }

  function define(
    name: SyntaxNode | null,
    kind: "class" | "function",
    list: SyntaxNode | undefined,
    scope: Scope,
  ) {
    const node = list?.parent ?? name?.parent;
    const whole = node ? place(node) : scope.place;
    return inner(name ? textOf(name) : "", kind, list ? parameters(list) : [], scope, whole);
  }

  function inner(
    name: string,
    kind: "class" | "function",
    parameters: Parameter[],
    parent: Scope,
    whole: Placed,
  ): Scope {
    const made: Scope = {
      name,
      kind,
      parent,
      parameters,
      statements: [],
      loops: [],
      place: whole,
      scopes: [],
    };
    parent.scopes.push(made);
    return made;
  }

  function parameters(list: SyntaxNode): Parameter[] {
    const found: { name: string; place: number; key?: string; default?: Expression }[] = [];
    let argument = 0;
    const visit = (node: SyntaxNode, depth: number) => {
      const parts = children(node);
      for (const [at, part] of parts.entries()) {
        if (part.name === "," && depth === 0) argument++;
        if (part.name === "VariableDefinition") {
          const key = node.name === "PatternProperty" ? textOf(parts[0]!) : undefined;
          found.push({ name: textOf(part), place: argument, ...(key === undefined ? {} : { key }) });
        } else if (part.name === "Equals" && parts[at - 1]?.name === "VariableDefinition" && parts[at + 1]) {
          found.at(-1)!.default = expression(parts[at + 1]!, depth);
        } else if (/Pattern|PatternProperty/.test(part.name) && depth < 8) visit(part, depth + 1);
      }
    };
    visit(list, 0);
    return found;
  }

  function pattern(node: SyntaxNode): Expression {
    const at = place(node);
    if (node.name === "VariableDefinition") return { kind: "name", name: textOf(node), ...at };
    // An object's parts are found by name, which one position cannot say.
    if (node.name !== "ArrayPattern") return { kind: "opaque", ...at };
    const items = children(node).filter(({ name }) => !"[],".includes(name));
    return { kind: "sequence", of: items.map(pattern), ...at };
  }

  function expression(node: SyntaxNode, depth: number): Expression {
    const at = place(node);
    const opaque: Expression = { kind: "opaque", ...at };
    if (depth > deepest) return opaque;
    const parts = children(node);
    const of = (part: SyntaxNode | undefined): Expression => (part ? expression(part, depth + 1) : opaque);
    switch (node.name) {
      case "Number": {
        const value = Number(textOf(node).replaceAll("_", ""));
        return Number.isFinite(value) ? { kind: "number", value, ...at } : opaque;
      }
      case "VariableName":
        return { kind: "name", name: textOf(node), ...at };
      case "this":
        return { kind: "name", name: "self", ...at };
      case "ParenthesizedExpression":
      case "AwaitExpression":
        return of(parts[1]);
      case "PostfixExpression":
        return of(parts[0]);
      case "UnaryExpression":
        if (textOf(parts[0]!) === "-") return { kind: "minus", of: of(parts[1]), ...at };
        if (textOf(parts[0]!) === "!") return { kind: "not", of: of(parts[1]), ...at };
        return textOf(parts[0]!) === "+" ? of(parts[1]) : opaque;
      case "ObjectExpression": {
        const entries = node.getChildren("Property").flatMap((property): Argument[] => {
          const [key, colon, value] = children(property);
          if (!key || !/^(PropertyDefinition|String)$/.test(key.name)) return [];
          const name = key.name === "String" ? textOf(key).slice(1, -1) : textOf(key);
          if (value && colon?.name === ":") return [{ name, value: of(value) }];
          return colon ? [] : [{ name, value: { kind: "name", name, ...place(key) } }];
        });
        return { kind: "record", entries, ...at };
      }
      case "YieldExpression":
        return of(parts.at(-1));
      case "String":
        return { kind: "string", value: textOf(node).slice(1, -1), ...at };
      case "BinaryExpression": {
        if (/^(as|satisfies)$/.test(parts[1]?.name ?? "")) return of(parts[0]);
        const operator = textOf(parts[1]!);
        if (operator === "??" || operator === "||")
          return { kind: "either", of: [of(parts[0]), of(parts[2])], ...at };
        return { kind: "binary", operator, left: of(parts[0]), right: of(parts[2]), ...at };
      }
      case "ConditionalExpression":
        return { kind: "either", of: [of(parts[2]), of(parts[4])], test: of(parts[0]), ...at };
      case "MemberExpression": {
        const property = node.getChild("PropertyName") ?? node.getChild("PrivatePropertyName");
        if (property) return { kind: "member", of: of(parts[0]), name: textOf(property), ...at };
        const key = parts[2];
        if (key?.name === "String")
          return { kind: "member", of: of(parts[0]), name: textOf(key).slice(1, -1), ...at };
        const index = Number(key ? textOf(key) : Number.NaN);
        return { kind: "item", of: of(parts[0]), ...(Number.isInteger(index) ? { index } : {}), ...at };
      }
      case "NewExpression":
      case "CallExpression": {
        const list = node.getChild("ArgList");
        const given = (list ? children(list) : []).filter(({ name }) => !"(),".includes(name));
        const callee = of(parts.find(({ name }) => name !== "new" && name !== "TypeArgList"));
        // What is tidied is what the function returns.
        const [only] = given;
        if (callee.kind === "member" && callee.name === "tidy" && only && functions.has(only.name)) {
          const body = only.lastChild;
          if (body && body.name !== "Block") return of(body);
        }
        return { kind: "call", callee, args: given.map((part) => ({ value: of(part) })), ...at };
      }
      case "ArrayExpression": {
        const items = parts.filter(({ name }) => !"[],".includes(name));
        return { kind: "sequence", of: items.map(of), ...at };
      }
      default:
        return opaque;
    }
  }

  function add(scope: Scope, statement: Unplaced<Statement>, node: SyntaxNode): void {
    scope.statements.push({ ...statement, withoutGradient: false, arms, ...place(node) } as Statement);
  }

  function textOf(node: SyntaxNode): string {
    return text.slice(node.from, node.to);
  }
}

type Unplaced<S> = S extends unknown ? Omit<S, "from" | "to" | "withoutGradient" | "arms"> : never;

function place({ from, to }: SyntaxNode): { from: number; to: number } {
  return { from, to };
}

function children(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) {
    if (!/Comment$/.test(child.name)) found.push(child);
  }
  return found;
}
