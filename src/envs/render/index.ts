// Pictures of episodes, for people: record while the env is stepped, then write an SVG.

export { type AnimationOptions, animatedSvg } from "./animation.ts";
export { drawableOf } from "./draw.ts";
export type { Drawable, Drawing, Role, Shape } from "./drawing.ts";
export { type FilmStripOptions, filmStripSvg } from "./film-strip.ts";
export { type Moment, Recording } from "./recording.ts";
