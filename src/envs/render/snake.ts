// tempered/Snake-v0 as a picture: the board, the food, and the snake as a chain of its fields.

import { ASPECT, type Drawing } from "./drawing.ts";

/**
 * @param side fields of the board along each side
 * @param body fields from head to tail, numbered from the lower left, row by row
 * @param food its field
 */
export function snakeDrawing(side: number, body: readonly number[], food: number): Drawing {
  const height = side + 0.6;
  const at = (field: number): [x: number, y: number] => [field % side, Math.floor(field / side)];
  const [left, right] = [-0.5, side - 0.5];
  const [foodX, foodY] = at(food);
  const [headX, headY] = at(body[0]!);
  // Every moment has as many points: those of fields to come lie on the tail.
  const points = Array.from({ length: side * side }, (_, i) =>
    at(body[Math.min(i, body.length - 1)]!),
  ).flat();
  return {
    view: {
      left: (side - 1) / 2 - (height * ASPECT) / 2,
      bottom: (side - 1) / 2 - height / 2,
      width: height * ASPECT,
    },
    shapes: [
      {
        kind: "line",
        points: [left, left, right, left, right, right, left, right, left, left],
        width: 0.06,
        role: "track",
      },
      { kind: "circle", x: foodX, y: foodY, radius: 0.28, role: "goal" },
      { kind: "line", points, width: 0.62, role: "limb" },
      { kind: "circle", x: headX, y: headY, radius: 0.2, role: "joint" },
    ],
  };
}
