// The agent's hyperparameters as fields of the schema of a run's settings, made from the tables in
// src/agent/hyperparameters.ts, where each stands once.

import { z } from "zod";
import {
  type Hyperparameters,
  hyperparameterNames,
  hyperparameterSettings,
  hyperparameterTexts,
} from "../agent/hyperparameters.ts";
import { inWords, MOST_LAYERS, type Rule, type Setting, WIDEST_LAYER } from "../agent/setting.ts";
import { expecting } from "./expecting.ts";
import { field, rate } from "./fields.ts";

type HyperparameterFields = {
  [N in keyof Hyperparameters]: z.ZodDefault<z.ZodType<Hyperparameters[N], Hyperparameters[N]>>;
};

export const hyperparameterFields = Object.fromEntries(
  hyperparameterNames.map((name) => {
    const { rule, default: fallback }: Setting = hyperparameterSettings[name];
    const about = hyperparameterTexts[name];
    const meta = rule.kind === "widths" && rule.none ? { ...about, without: rule.none } : about;
    return [name, field((schemaOf(rule) as z.ZodType).default(fallback), meta)];
  }),
) as HyperparameterFields;

function schemaOf(rule: Rule) {
  const what = expecting(inWords(rule));
  if (rule.kind === "boolean") return z.boolean(what);
  if (rule.kind === "rate") return rate();
  if (rule.kind === "choice") return z.enum(rule.of, what);
  if (rule.kind === "widths")
    return z
      .array(z.int(what).min(1, what).max(WIDEST_LAYER, what), what)
      .min(rule.none === undefined ? 1 : 0, what)
      .max(MOST_LAYERS, what);
  const { kind, above, min, max, or } = rule;
  const any = kind === "integer" ? z.int(what) : z.number(what);
  // JSON Schema has no short word for a range and one more value.
  if (or !== undefined) return any.refine((x) => x === or || x >= (min ?? -Infinity), what);
  const low = above === undefined ? any : any.gt(above, what);
  const from = min === undefined ? low : low.min(min, what);
  return max === undefined ? from : from.max(max, what);
}
