// Elementary functions with the same bits on every JavaScript engine: only + − × ÷ √ and exponent bits, which IEEE 754
// fixes. Math.exp and its like differ in their last bits between engines, so nothing that decides a run's future may
// use them. Error bounds are measured against correctly rounded values (test/fixtures/math).

export { exp, expm1 } from "./exp.ts";
export { softplus, tanh } from "./hyperbolic.ts";
export { log, log1p } from "./log.ts";
export { normalFromUint32 } from "./normal.ts";
export { powInteger } from "./power.ts";
export { cos, sin } from "./trigonometry.ts";
