// Names of files that hold a run's settings rather than its log.

export function isSettingsName(path: string): boolean {
  return /(^|\/)(args|config|run|params|hparams|flags|settings|variant)\.(json|ya?ml)$/i.test(path);
}
