// "Try this first": four steps that show what α does, what a fault does to it, and how either is seen. A step is done
// when the run shows it, not when somebody says so.

import type { FindingId } from "../../src/doctor/finding.ts";
import type { History } from "./messages.ts";
import { type Setup, targetOf } from "./setup.ts";
import { tasks } from "./tasks.ts";

export interface TourStep {
  readonly title: string;
  readonly text: string;
  /** What is learned from it; shown when it is done. */
  readonly seen: string;
  /** What the step's button says and changes; without one there is only to wait. */
  readonly action?: { readonly label: string; change(setup: Setup): Partial<Setup> };
}

export const tour: readonly TourStep[] = [
  {
    title: "Watch α settle",
    text: "The policy begins as random as it can be. α falls until the entropy H meets its target, the dashed line.",
    seen: "H is on its target, and α rests.",
  },
  {
    title: "Flip the sign",
    text: "The commonest mistake in SAC code, one minus in the α loss. Nothing crashes: see where α goes, and what the doctor says.",
    seen: "α ran away from the target, and the doctor named the cause.",
    action: {
      label: "Flip it",
      change: ({ faults }) => ({ faults: [...new Set([...faults, "sign"] as const)] }),
    },
  },
  {
    title: "Mend it",
    text: "The same agent goes on with the right sign: α turns around and brings the entropy back.",
    seen: "H is back on its target.",
    action: { label: "Mend it", change: () => ({ faults: [] }) },
  },
  {
    title: "Lower the target",
    text: "Ask for a more certain policy: one nat less for each action. α gives way until the policy is there.",
    seen: "H followed the target down.",
    action: { label: "Lower it", change: (setup) => ({ targetEntropy: loweredTarget(setup) }) },
  },
];

export interface TourView {
  readonly setup: Setup;
  readonly history: History;
  readonly finding: FindingId | undefined;
}

/** @param done steps that are done so far. @returns how many are done now; never fewer */
export function tourProgress(done: number, { setup, history, finding }: TourView): number {
  const mended = history.events.findLast(({ faulty }) => !faulty)?.step;
  const sound = setup.faults.length === 0;
  const shown = [
    () => settled(setup, history, 0),
    () => setup.faults.includes("sign") && finding === "sign-inverted",
    () => sound && mended !== undefined && settled(setup, history, mended),
    () => sound && targetOf(setup) <= loweredTarget(setup) + 0.5 && settled(setup, history, 0),
  ];
  return shown[done]?.() ? done + 1 : done;
}

function loweredTarget({ task }: Setup): number {
  return -2 * tasks[task].actionSize;
}

const ROWS = 4;
/** Nats a dimension. */
const CLOSE = 0.2;

/** Whether the entropy of the latest rows, all after `since`, is at the target that is set. */
function settled(setup: Setup, { step, entropy, targetEntropy }: History, since: number): boolean {
  const { actionSize } = tasks[setup.task];
  const first = step.length - ROWS;
  if (first < 0 || step[first]! <= since) return false;
  let gap = 0;
  for (let i = first; i < step.length; i++) {
    if (Math.abs(targetEntropy[i]! - targetOf(setup)) > 1e-9) return false;
    gap += (entropy[i]! - targetEntropy[i]!) / ROWS;
  }
  return Math.abs(gap) < CLOSE * actionSize;
}
