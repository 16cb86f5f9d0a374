// What an env looks like at one moment, as a few flat shapes in world units (metres where there are any): x to the
// right, y up. Whatever draws them decides about colours, size and motion.

/** What a shape is; the renderer gives each its colour. "far" is a limb behind the others. */
export type Role = "body" | "limb" | "far" | "joint" | "goal" | "track";

/** A circle, polygon or line with the role that it plays. */
export type Shape =
  /** A stroke with round ends; `points` are x, y pairs, two or more. */
  | { readonly kind: "line"; readonly points: readonly number[]; readonly width: number; readonly role: Role }
  | {
      readonly kind: "circle";
      readonly x: number;
      readonly y: number;
      readonly radius: number;
      readonly role: Role;
    }
  | { readonly kind: "polygon"; readonly points: readonly number[]; readonly role: Role };

/** Shapes in the world's own units, and the part of it that is in view. */
export interface Drawing {
  /** The part of the world to show, 16 wide to 9 high; may move with the agent, but keeps its size. */
  readonly view: { readonly left: number; readonly bottom: number; readonly width: number };
  /** Height of level ground that has no ends. */
  readonly floor?: number;
  /** Back to front; the same kinds and roles in the same order at every moment of an episode. */
  readonly shapes: readonly Shape[];
}

/** Width over height of every view. */
export const ASPECT = 16 / 9;

/** An env that can be drawn. */
export interface Drawable {
  /** Seconds of the env's own time that a step takes. */
  readonly stepSeconds: number;
  /** The world at this moment as shapes. */
  drawing(): Drawing;
}
