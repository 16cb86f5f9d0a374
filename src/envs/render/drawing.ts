// What an env looks like at one moment, as a few flat shapes in world units (metres where there are any): x to the
// right, y up. Whatever draws them decides about colours, size and motion.

/** What a shape is, for the renderer's palette. */
export type Role = "body" | "near" | "far" | "joint" | "goal" | "track" | "ground";

export type Shape =
  /** A stroke with round ends; `points` are x, y pairs, at least two. */
  | { readonly kind: "line"; readonly points: readonly number[]; readonly width: number; readonly role: Role }
  | { readonly kind: "circle"; readonly x: number; readonly y: number; readonly radius: number; readonly role: Role }
  | { readonly kind: "polygon"; readonly points: readonly number[]; readonly role: Role };

export interface Drawing {
  /** The part of the world to show; may move with the agent, and should keep its size. */
  readonly view: {
    readonly left: number;
    readonly right: number;
    readonly bottom: number;
    readonly top: number;
  };
  /** Back to front; the same kinds and roles in the same order at every moment of an episode. */
  readonly shapes: readonly Shape[];
}
