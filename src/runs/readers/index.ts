// Readers of every SAC program's logs: bytes in, `Series` out.

export { LogError, type LogErrorCode } from "./log-error.ts";
export { PROGRAMS, type Program } from "./programs.ts";
export {
  type ReadRuns,
  type RunFiles,
  readRuns,
  readSeries,
  type SettingsFile,
} from "./read-runs.ts";
export type { LogSource } from "./source.ts";
