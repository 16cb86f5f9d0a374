// Environments from the user's own Python: any Gymnasium id, or `module:name`. Node only; Linux and macOS.

export { GymnasiumError, type GymnasiumErrorCode } from "./errors.ts";
export { GymnasiumEnv } from "./gymnasium-env.ts";
export { GymnasiumVectorEnv, type GymnasiumVectorOptions } from "./gymnasium-vector-env.ts";
export type { GymnasiumOptions } from "./python-environments.ts";
