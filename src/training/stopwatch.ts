// Time spent learning; it stands still while the agent is evaluated and saved.

export class Stopwatch {
  private elapsed: number;
  private since: number | undefined = performance.now();

  /** @param seconds that have passed already. Default 0 */
  constructor(seconds = 0) {
    this.elapsed = 1000 * seconds;
  }

  get seconds(): number {
    return (this.elapsed + (this.since === undefined ? 0 : performance.now() - this.since)) / 1000;
  }

  pause(): void {
    if (this.since === undefined) return;
    this.elapsed += performance.now() - this.since;
    this.since = undefined;
  }

  go(): void {
    this.since ??= performance.now();
  }
}
