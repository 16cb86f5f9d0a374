// The queue of one machine keeps the promises that pg-boss keeps for many.

import { expect, it } from "vitest";
import { trainConfig } from "../training/settings.ts";
import { LocalQueue } from "./local-queue.ts";
import { RETRY_LIMIT, type Segment } from "./segment-queue.ts";

const segment = (id: string, index = 1): Segment => ({
  ...{ study: "study", out: "/nowhere", id, index, length: 10, expiry: 1 },
  config: trainConfig({ env: "Pendulum-v1" }),
});
const ids = (taken: readonly { segment: Segment }[]) =>
  taken.map(({ segment: { id, index } }) => `${id}/${index}`);

it("holds a segment once, and hands out those of runs under way first", async () => {
  const queue = new LocalQueue();
  await queue.submit([segment("a"), segment("b"), segment("a")]);
  expect(await queue.state("study")).toEqual({ waiting: 2, active: 0, lost: [] });
  const [a] = await queue.take(1);
  await queue.submit([segment("a")]);
  expect(await queue.state("study")).toEqual({ waiting: 1, active: 1, lost: [] });
  await queue.complete(a!, segment("a", 2));
  expect(ids(await queue.take(5))).toEqual(["a/2", "b/1"]);
  expect(await queue.take(1)).toEqual([]);
  expect(await queue.state("another")).toEqual({ waiting: 0, active: 0, lost: [] });
});

it("gives what was given back to the next, with a higher token, and believes nobody else", async () => {
  const queue = new LocalQueue();
  await queue.submit([segment("a")]);
  const [first] = await queue.take(1);
  expect(await queue.keep(first!)).toBe(true);
  await queue.giveBack(first!, "the process died");
  const [second] = await queue.take(1);
  expect(second!.token).toBe(first!.token + 1);
  expect(await queue.keep(first!)).toBe(false);
  await queue.giveBack(first!, "too late");
  await queue.complete(first!, undefined);
  expect(await queue.state("study")).toEqual({ waiting: 0, active: 1, lost: [] });
  await queue.complete(second!, undefined);
  expect(await queue.state("study")).toEqual({ waiting: 0, active: 0, lost: [] });
});

it("gives up a segment that nobody can do", async () => {
  const queue = new LocalQueue();
  await queue.submit([segment("a")]);
  for (let tries = 0; tries <= RETRY_LIMIT; tries++) {
    const [taken] = await queue.take(1);
    await queue.giveBack(taken!, "the process died");
  }
  expect(await queue.take(1)).toEqual([]);
  expect((await queue.state("study")).lost).toEqual([{ id: "a", message: "the process died" }]);
  await queue.submit([segment("a")]);
  expect(ids(await queue.take(1))).toEqual(["a/1"]);
});
