// What to add to a training script so that its next log decides: the entropy, its target and how many actions stand at
// their bounds, under the names that the doctor reads. A few lines for each of the programs that people use.

import { CLEANRL } from "./cleanrl.ts";
import { RLLIB } from "./rllib.ts";
import { STABLE_BASELINES3 } from "./stable-baselines3.ts";
import { TORCH } from "./torch.ts";

export const CALLBACKS = {
  sb3: STABLE_BASELINES3,
  cleanrl: CLEANRL,
  rllib: RLLIB,
  torch: TORCH,
} as const;

export type CallbackName = keyof typeof CALLBACKS;
