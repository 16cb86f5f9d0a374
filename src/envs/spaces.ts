// The sets that observations and actions come from, as in Gymnasium.

export interface BoxSpace {
  readonly kind: "box";
  readonly shape: readonly number[];
  /** Lower bound of each element, flat; may be −∞. */
  readonly low: Float64Array;
  /** Upper bound of each element, flat; may be ∞. */
  readonly high: Float64Array;
}

export interface DiscreteSpace {
  readonly kind: "discrete";
  readonly n: number;
  readonly start: number;
}

export type Space = BoxSpace | DiscreteSpace;
