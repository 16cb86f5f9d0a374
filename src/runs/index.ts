// Logs of SAC runs, whoever wrote them, as series.

export * from "./readers/index.ts";
export type { DeclaredSettings, LossForm, Quantity, Series } from "./series.ts";
