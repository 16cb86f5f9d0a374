// Decimation for pages that hold their own data; the dashboard's server uses the same.

export { type DecimateOptions, decimate, type Points } from "../../src/dashboard/decimate.ts";
