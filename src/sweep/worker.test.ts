// How a worker asks for work.

import { expect, it } from "vitest";
import { LocalQueue } from "./local-queue.ts";
import { work } from "./worker.ts";

it("looks into a queue that stays empty less and less often, where that is wanted", async () => {
  const looks = async (idle: number | undefined) => {
    const queue = new LocalQueue();
    const take = queue.take.bind(queue);
    let count = 0;
    queue.take = (most) => {
      count++;
      return take(most);
    };
    await work({ queue, processes: 1, signal: AbortSignal.timeout(2200), idle });
    return count;
  };
  // After 0, 0.5 and 1.5 s, or every half a second.
  const [rarely, often] = await Promise.all([looks(4000), looks(undefined)]);
  expect(rarely).toBe(3);
  expect(often).toBeGreaterThan(3);
});
