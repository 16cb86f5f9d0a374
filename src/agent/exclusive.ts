// One piece of work at a time, in the order in which they were asked for. What an agent or a program is in the middle of
// a piece is nobody's to read.

export class Exclusive {
  private inFlight: Promise<unknown> | undefined;

  /** Does `work` once nothing else is in flight. A piece that fails fails for whoever asked for it alone. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    while (this.inFlight !== undefined) {
      try {
        await this.inFlight;
      } catch {
        // Whoever asked for it hears of it.
      }
    }
    const running = work();
    this.inFlight = running;
    try {
      return await running;
    } finally {
      this.inFlight = undefined;
    }
  }
}
