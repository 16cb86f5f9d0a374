// Whether a program's threads pay now. Both ways of a run compute the same bits, so that they can take turns: every so many runs
// the other one is tried for a few, and takes over where it is clearly faster. A machine that is busy with something else
// makes threads wait for each other; one thread then does the work, until the others pay again.

/** Runs that are timed of either way. */
const TRIAL = 8;
/** Runs from one trial to the next: more after each that changed nothing. */
const [SOON, LATE] = [60, 8000];
/** By how much the other must be faster. */
const CLEARLY = 0.95;

export class Race {
  private together = true;
  /** Runs until the current trial is over, or the next begins. */
  private left = SOON;
  private pause = SOON;
  private trying = false;
  private readonly times: number[] = [];
  /** Of the way that is not tried, from just before. */
  private usual = 0;
  private readonly clock: () => number;

  /** @param clock milliseconds */
  constructor(clock: () => number = () => performance.now()) {
    this.clock = clock;
  }

  /** Makes a run; `run` is told whether with all threads. */
  time<T>(run: (together: boolean) => T): T {
    const start = this.clock();
    const result = run(this.together !== this.trying);
    this.note(this.clock() - start);
    return result;
  }

  private note(milliseconds: number): void {
    this.left -= 1;
    if (this.left < TRIAL) this.times.push(milliseconds);
    if (this.left > 0) return;
    // The median: one run that was interrupted says nothing.
    const typical = this.times.sort((a, b) => a - b)[this.times.length >> 1]!;
    this.times.length = 0;
    if (!this.trying) {
      this.usual = typical;
      this.trying = true;
      this.left = TRIAL;
      return;
    }
    this.trying = false;
    const better = typical < CLEARLY * this.usual;
    if (better) this.together = !this.together;
    this.pause = better ? SOON : Math.min(2 * this.pause, LATE);
    this.left = this.pause;
  }
}
