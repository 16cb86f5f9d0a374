// Drawings as SVG elements: world units become pixels, roles become colours. A shape over several moments becomes one
// element whose attributes are animated where they change.

import type { Drawing, Shape } from "./drawing.ts";
import { ASPECT } from "./drawing.ts";

/** Pixels of a view. */
export const WIDTH = 960;
export const HEIGHT = WIDTH / ASPECT;

/** The colours steel takes when it is tempered: straw, bronze, purple, blue. */
export const STYLE = `
svg { --paper: #fbfaf7; --ink: #2b2d33; --faint: #8b8e96; --rule: #dcd8cf; --ground: #ece8df; --edge: #2b2d33;
  --body: #4a76b8; --limb: #d9963f; --far: #c9b596; --joint: #6b4c84; --goal: #3f9a6c; --track: #9a9da6 }
@media (prefers-color-scheme: dark) {
  svg { --paper: #17191f; --ink: #e8e6e1; --faint: #8f939d; --rule: #33363f; --ground: #22252d; --edge: #0c0d10;
    --body: #6b97dc; --limb: #e0a354; --far: #7d7060; --joint: #a283bf; --goal: #58b886; --track: #6d717b }
}
text { font: 500 20px ui-sans-serif, system-ui, sans-serif; fill: var(--ink) }
.faint { fill: var(--faint); font-weight: 400 }
.edge { stroke: var(--edge) }
polyline, line, use { stroke-linecap: round; stroke-linejoin: round; fill: none }`;

/** Outline around shapes, pixels on each side. */
const OUTLINE = 1.5;

/** One attribute at each of several moments. */
type Attributes = Readonly<Record<string, string>>;

/**
 * The shapes at several moments as one group; with one moment it stands still. Coordinates are the world's, in pixels:
 * put it into a group that `camera` moves.
 * @param prefix of the ids used, unique in the document
 * @param seconds length of the animation
 */
export function shapes(drawings: readonly Drawing[], prefix: string, seconds: number): string {
  const scale = pixelsPerUnit(drawings[0]!);
  return drawings[0]!.shapes
    .map((first, i) => {
      const attributes = drawings.map((drawing) => geometry(drawing.shapes[i]!, scale));
      return painted(first, scale, `${prefix}${i}`, animated(tag(first), attributes, seconds));
    })
    .join("\n");
}

/** A group that shows the drawings' views of what is in it. */
export function camera(drawings: readonly Drawing[], seconds: number, content: string): string {
  const scale = pixelsPerUnit(drawings[0]!);
  const shifts = drawings.map(({ view }) => pair(-view.left * scale, HEIGHT + view.bottom * scale));
  const moving = shifts.some((shift) => shift !== shifts[0]);
  const motion = moving
    ? `<animateTransform attributeName="transform" type="translate" ${timing(seconds)} values="${shifts.join(";")}"/>`
    : "";
  return `<g transform="translate(${shifts[0]})">${motion}\n${content}\n</g>`;
}

/** Level ground, as far as any of the views sees, with a mark every metre. */
export function ground(drawings: readonly Drawing[]): string {
  const { floor } = drawings[0]!;
  if (floor === undefined) return "";
  const scale = pixelsPerUnit(drawings[0]!);
  const lefts = drawings.map(({ view }) => view.left);
  const from = Math.floor(Math.min(...lefts));
  const to = Math.ceil(Math.max(...lefts) + drawings[0]!.view.width);
  const y = -floor * scale;
  const marks = Array.from({ length: to - from + 1 }, (_, i) => {
    const x = round((from + i) * scale);
    return `<path d="M${x} ${round(y)}v10" stroke="var(--faint)"/><text class="faint" x="${x}" y="${round(y + 32)}" text-anchor="middle">${from + i} m</text>`;
  });
  return (
    `<rect x="${round(from * scale)}" y="${round(y)}" width="${round((to - from) * scale)}" height="${HEIGHT}" fill="var(--ground)"/>` +
    `<path d="M${round(from * scale)} ${round(y)}H${round(to * scale)}" stroke="var(--faint)" stroke-width="2"/>${marks.join("")}`
  );
}

/** An element whose attributes take the given values one after the other, evenly over `seconds`, again and again. */
export function animated(name: string, moments: readonly Attributes[], seconds: number): string {
  const first = moments[0]!;
  const changing = Object.keys(first).filter((key) => moments.some((moment) => moment[key] !== first[key]));
  const fixed = Object.entries(first).map(([key, value]) => ` ${key}="${value}"`);
  const motions = changing.map(
    (key) =>
      `<animate attributeName="${key}" ${timing(seconds)} values="${moments.map((moment) => moment[key]).join(";")}"/>`,
  );
  return `<${name}${fixed.join("")}>${motions.join("")}</${name}>`;
}

/** At most one decimal, without needless zeros. */
export function round(value: number): string {
  return String(Math.round(value * 10) / 10);
}

export function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function timing(seconds: number): string {
  return `dur="${round(seconds)}s" repeatCount="indefinite"`;
}

function pixelsPerUnit({ view }: Drawing): number {
  return WIDTH / view.width;
}

function tag(shape: Shape): string {
  return shape.kind === "line" ? "polyline" : shape.kind;
}

function geometry(shape: Shape, scale: number): Attributes {
  if (shape.kind === "circle") {
    return { cx: round(shape.x * scale), cy: round(-shape.y * scale), r: round(shape.radius * scale) };
  }
  const pairs = [];
  for (let i = 0; i < shape.points.length; i += 2) {
    pairs.push(pair(shape.points[i]! * scale, -shape.points[i + 1]! * scale));
  }
  return { points: pairs.join(" ") };
}

/** Colour and outline. A stroke has no outline of its own: it is drawn twice, the first time wider. */
function painted(shape: Shape, scale: number, id: string, element: string): string {
  const colour = `var(--${shape.role})`;
  if (shape.kind !== "line") {
    return `<g fill="${colour}" class="edge" stroke-width="${OUTLINE}">${element}</g>`;
  }
  const width = shape.width * scale;
  const named = element.replace("<polyline", `<polyline id="${id}"`);
  return (
    `<defs>${named}</defs><use href="#${id}" class="edge" stroke-width="${round(width + 2 * OUTLINE)}"/>` +
    `<use href="#${id}" stroke="${colour}" stroke-width="${round(width)}"/>`
  );
}

function pair(x: number, y: number): string {
  return `${round(x)},${round(y)}`;
}
