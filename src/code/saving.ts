// Whether a checkpoint that holds the networks holds the temperature.

import type { Source } from "./judge.ts";
import { ownerOf } from "./lookup.ts";
import type { AlphaOptimizer } from "./optimizer.ts";
import type { SourceFinding } from "./report.ts";

const saves =
  /^_?(save|state|get_state|state_dict|get_?\w*save\w*params\w*|checkpoint|save_\w+|get_params)$|save_?(checkpoint|model)/i;
const holds = /state_dict\(|save_weights|\.save\(|torch\.save|"policy"|'policy'|state_dicts/;
const temperature = /alpha|temp(erature)?\b|ent_?coef_?(opt|tensor)?|log_ent/i;

export function judgeSaving(optimizers: readonly AlphaOptimizer[], source: Source): SourceFinding[] {
  const [optimizer] = optimizers;
  const owner = optimizer && ownerOf(optimizer.scope);
  if (!optimizer || !owner) return [];
  return owner.scopes.flatMap((method): SourceFinding[] => {
    if (!saves.test(method.name) || method.statements.length === 0) return [];
    const text = source.text.slice(method.place.from, method.place.to);
    // A parameter of the module goes with it, and so does all that is saved whole.
    if (!holds.test(text) || /self\.state_dict\(|super\(\)|__dict__|pickle|asdict/.test(text)) return [];
    const mine = text.replace(/\w*ent_coef_tensor\w*|is not None/g, "");
    const named = mine.split("\n").some((line) => !/^\s*(if|elif|#)/.test(line) && temperature.test(line));
    if (named) return [];
    return [
      {
        id: "alpha-reset",
        // True of many programs that train well and are never resumed.
        severity: "info",
        confidence: 0.7,
        line: source.lineOf(method.place.from),
        endLine: source.lineOf(method.place.to),
        evidence: { saves: method.name, without: optimizer.holds },
        message: `${method.name} stores the networks and not ${optimizer.holds || "log α"}: a resumed run starts with the first α again.`,
        fix: `Store ${optimizer.holds || "log α"} and the state of its optimiser too, and copy them back in place.`,
        reference: "alpha-reset",
      },
    ];
  });
}
