// Waking a sleeping process costs 20 to 50 microseconds, more than a step of a small environment takes. So while an
// answer is due, the event loop goes round instead of sleeping, as long as that takes no core from an environment.

import { availableParallelism } from "node:os";

/** How long to go round for one answer; what takes longer is hardly slowed down by a sleep. */
const MILLISECONDS = 0.3;

const cores = availableParallelism();
let processes = 0;
let due = 0;
let deadline = 0;
let goesRound = false;

/** To be called when a Python process has been started (1), or has ended (−1). */
export function processesRun(change: 1 | -1): void {
  processes += change;
}

/** To be called when an answer has become due (1), or has come (−1). */
export function answersDue(change: 1 | -1): void {
  due += change;
  if (change === -1 || processes >= cores) return;
  deadline = performance.now() + MILLISECONDS;
  if (!goesRound) goRound();
}

function goRound(): void {
  goesRound = due > 0 && performance.now() < deadline;
  if (goesRound) setImmediate(goRound);
}
