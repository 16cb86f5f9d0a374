// Random numbers that can be repeated anywhere: named streams over a counter-based generator.

export { RandomError, type RandomState, RandomStream } from "./stream.ts";
