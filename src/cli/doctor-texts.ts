// What `tempered doctor` tells without a log: a finding's page, or the lines that make the next log decide.

import type { CallbackName } from "../doctor/callbacks/index.ts";
import { BadInput } from "./bad-input.ts";

/** @param columns width to fold prose at; code stays as it is */
export async function textOf(
  id: string | undefined,
  callback: CallbackName | undefined,
  columns = 80,
): Promise<string> {
  if (callback !== undefined)
    return (await import("../doctor/callbacks/index.ts")).CALLBACKS[callback].trimEnd();
  const { explain, nearestIds } = await import("../doctor/explain/explain.ts");
  const page = explain(id!);
  if (page === undefined) {
    throw new BadInput("FINDING", `Expected the id of a finding, got "${id}": ${nearestIds(id!).join(", ")}`);
  }
  return folded(page, Math.min(columns, 100));
}

/** Folds prose at spaces; code between fences keeps its lines. */
function folded(text: string, width: number): string {
  let code = false;
  return text
    .split("\n")
    .flatMap((line) => {
      if (line.startsWith("```")) code = !code;
      return code || line.startsWith("```") ? [line] : fold(line, width);
    })
    .join("\n");
}

function fold(line: string, width: number): string[] {
  const lines: string[] = [];
  let rest = line;
  while (rest.length > width) {
    const at = rest.lastIndexOf(" ", width);
    if (at <= 0) break;
    lines.push(rest.slice(0, at));
    rest = rest.slice(at + 1);
  }
  return [...lines, rest];
}
