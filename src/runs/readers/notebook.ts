// A notebook as a log: what its cells printed, in their order, read as printed lines. Code and prose are passed over.

import type { ParsedLog } from "./parsed-log.ts";
import { TextParser } from "./text-parser.ts";

export interface Notebook {
  readonly cells: readonly unknown[];
}

export function isNotebook(value: unknown): value is Notebook {
  return (
    typeof value === "object" &&
    value !== null &&
    "nbformat" in value &&
    "cells" in value &&
    Array.isArray(value.cells)
  );
}

/** Adds the points that the cells' outputs print. */
export function readNotebook(notebook: Notebook, log: ParsedLog): void {
  const printed = new TextParser(log.path, log);
  const encoder = new TextEncoder();
  for (const cell of notebook.cells) {
    for (const output of listOf(cell, "outputs")) {
      const data = property(output, "data");
      const text = property(output, "text") ?? property(data, "text/plain");
      const whole = Array.isArray(text) ? text.join("") : text;
      if (typeof whole === "string") printed.push(encoder.encode(`${whole}\n`));
    }
  }
  printed.end();
}

function listOf(value: unknown, name: string): readonly unknown[] {
  const list = property(value, name);
  return Array.isArray(list) ? list : [];
}

function property(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
