// Learning and evaluating may compute for seconds without returning to the event loop, and then neither Ctrl-C, nor a
// redraw, nor a message gets through. A loop that asks here once a round lets them in every now and then.

/** Longest time without the event loop, milliseconds: short enough for a smooth display, and it costs nothing. */
const PATIENCE = 50;

export class EventLoopTurns {
  private last = performance.now();

  /** Where a turn is due: what to await for it. Results never depend on it. */
  due(): Promise<void> | undefined {
    if (performance.now() - this.last < PATIENCE) return undefined;
    return nextTurn().then(() => {
      this.last = performance.now();
    });
  }
}

/** Only Node has it. */
const { setImmediate } = globalThis as { setImmediate?: (then: () => void) => unknown };

function nextTurn(): Promise<void> {
  if (setImmediate) return new Promise((resolve) => void setImmediate(resolve));
  // Browsers hold timers back by some milliseconds, messages never.
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
