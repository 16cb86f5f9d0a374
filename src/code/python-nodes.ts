// How a program's scopes are filled from the nodes of Lezer's tree for Python.

import type { SyntaxNode } from "@lezer/common";
import type { Placed, Scope, Statement } from "./syntax.ts";

export function scopeOf(name: string, kind: Scope["kind"], place: Placed, parent?: Scope): Scope {
  const made: Scope = {
    name,
    kind,
    ...(parent ? { parent } : {}),
    parameters: [],
    statements: [],
    loops: [],
    place,
    scopes: [],
  };
  parent?.scopes.push(made);
  return made;
}

type Unplaced<S> = S extends unknown ? Omit<S, "from" | "to"> : never;

export function add(scope: Scope, statement: Unplaced<Statement>, node: SyntaxNode): void {
  scope.statements.push({ ...statement, ...place(node) } as Statement);
}

export function place({ from, to }: SyntaxNode): Placed {
  return { from, to };
}

export function children(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) {
    if (child.name !== "Comment") found.push(child);
  }
  return found;
}
