export type EnvState = unknown;
export function isStateful(env: object): env is { state(): EnvState; restore(state: EnvState): void } {
  return "state" in env && "restore" in env;
}
