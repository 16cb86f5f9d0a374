// Flags as other frameworks spell them, and what they are called here: the names that config files take too, and what those
// frameworks' command lines have beside settings.

import { unsupported } from "../agent/unsupported.ts";
import { settingNamed } from "../training/setting-names.ts";
import { flagSpelling } from "./flag-spelling.ts";

const ANSWERS: Readonly<Record<string, string>> = {
  env: "the environment is the command's argument: tempered train Pendulum-v1",
  "env-id": "the environment is the command's argument: tempered train Pendulum-v1",
  algo: "there is one algorithm, SAC; --preset names its variants",
  "exp-name": "a run's directory is --run DIR",
  "log-folder": "a run's directory is --run DIR; everything is logged there",
  "tensorboard-log": "a run's directory is --run DIR; its TensorBoard event file is always written",
  track: "a run's directory is --run DIR; its event file and metrics.jsonl are always written",
  logdir: "a run's directory is --run DIR; everything is logged there",
  device: "updates run on the CPU; --engine and --threads choose how",
  cuda: "updates run on the CPU; --engine and --threads choose how",
  verbose: "--quiet prints the result alone, --json one object a line",
  progress: "progress is always shown where there is a terminal; --quiet leaves it out",
  "n-envs": "environments that step together are --envs N",
  output: "where it goes is --run DIR, --js FILE, --onnx FILE or --html FILE, as the command's --help says",
};

/** What to tell somebody who gave `flag`, without its hyphens; undefined where nobody calls anything so. */
export function foreignFlag(flag: string): string | undefined {
  const setting = settingNamed(flag);
  if (setting !== undefined && setting !== "env") {
    const own = flagSpelling(setting);
    if (own !== flag) return `that is --${own} here`;
  }
  return ANSWERS[flag.replaceAll("_", "-").toLowerCase()] ?? unsupported(flag);
}
