// Which of the dropped files hold a run's settings rather than its log, by the names that programs give them.

const NAMES =
  /(?:^|\/)(?:config|args|flags|hparams|params|variant|arguments|options|hyperparameters|run|overrides)\.(?:json|ya?ml)$/i;

export function isSettingsName(path: string): boolean {
  return NAMES.test(path);
}
