// Logs of SAC runs, whoever wrote them, as series.

export type { OwnQuantity } from "../metrics/table.ts";
export * from "./readers/index.ts";
export type { Conversion, NumericSetting, TagSpec } from "./readers/programs.ts";
export type { ActionUnits, DeclaredSettings, LossForm, Quantity, Series } from "./series.ts";
