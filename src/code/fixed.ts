// Whether α is a setting that nothing tunes, so that there is no α loss to be read.

import type { Evaluator } from "./evaluate.ts";
import type { Source } from "./judge.ts";
import { nameOf } from "./lookup.ts";
import type { SourceFinding } from "./report.ts";
import { roleOf, symbols } from "./roles.ts";
import type { SoftValue } from "./soft.ts";

const tuning =
  /log_?(alpha|temp|ent)|(alpha|temp\w*|ent\w*)_?(loss|opt)|target_?ent|ent\w*_?target|auto_?(tun|ent|alpha)|tun\w*_?alpha|learn\w*_?(alpha|temp|ent)|get_parameter/i;

/** The remark, or undefined where α is tuned here or may be elsewhere. */
export function fixedAlpha(
  { program }: Evaluator,
  values: readonly SoftValue[],
  source: Source,
): SourceFinding | undefined {
  if (!values.some(({ tempered, kind }) => tempered && kind !== "value")) return undefined;
  const code = source.text.replace(/("""|''')[\s\S]*?\1/g, "").replace(/#.*$/gm, "");
  if (tuning.test(code)) return undefined;
  for (const scope of program.scopes) {
    const given = scope.parameters.find(({ name }) => roleOf(name) === symbols.alpha);
    const made = scope.statements.find(
      (one) =>
        one.kind === "assign" && roleOf(nameOf(one.target)) === symbols.alpha && one.value.kind !== "opaque",
    );
    const at = made ?? (given?.default ? given.default : undefined);
    if (!at) continue;
    return {
      id: "fixed-alpha",
      severity: "info",
      confidence: 0.8,
      line: source.lineOf(at.from),
      evidence: { code: source.text.slice(at.from, at.to).slice(0, 200) },
      message: "α is a setting here: nothing tunes it, and no target entropy is asked for.",
      fix: "If α is to follow a target, optimise log α by −log α·(log π + H̄).",
      reference: "fixed-alpha",
    };
  }
  return undefined;
}
