export { evaluate, type Values } from "./evaluate.ts";
export { gradients } from "./gradients.ts";
export { defineGraph, type Graph, topologicalOrder } from "./graph.ts";
export * from "./ops.ts";
export * from "./optimisers.ts";
export * from "./tensor.ts";
