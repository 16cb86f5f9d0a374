import { expect, it } from "vitest";
import { Journal } from "./journal.ts";

const removed = (id: string) => ({ type: "removed", id }) as const;

it("the journal tells what came after a number, and nothing where nothing came", () => {
  const journal = new Journal();
  for (const id of ["a", "b", "c"]) journal.add(removed(id));
  expect(journal.after(1)?.map(({ number, data }) => [number, JSON.parse(data).id])).toEqual([
    [2, "b"],
    [3, "c"],
  ]);
  expect(journal.after(3)).toEqual([]);
});

it("what is gone or was never told is no answer", () => {
  const journal = new Journal({ events: 2 });
  for (const id of ["a", "b", "c"]) journal.add(removed(id));
  expect(journal.after(1)).toHaveLength(2);
  expect(journal.after(0)).toBeUndefined();
  expect(journal.after(4)).toBeUndefined();
  const small = new Journal({ characters: 60 });
  for (const id of ["a", "b", "c"]) small.add(removed(id));
  expect(small.after(0)).toBeUndefined();
});

it("ids of another life of the server are unknown", () => {
  const journal = new Journal();
  journal.add(removed("a"));
  expect(journal.numberOf(journal.id(1))).toBe(1);
  for (const id of [undefined, "", "1", new Journal().id(1), `${journal.epoch}.-1`, `${journal.epoch}.1\n`]) {
    expect(journal.numberOf(id)).toBeUndefined();
  }
});

it("waiting ends with the next event or with the reader", async () => {
  const journal = new Journal();
  const waiting = journal.changed(0, new AbortController().signal);
  journal.add(removed("a"));
  await waiting;
  const gone = new AbortController();
  const left = journal.changed(1, gone.signal);
  expect(journal.waiting).toBe(1);
  gone.abort();
  await left;
  // Nothing of a reader that has left waits on: many may come and go between two events.
  expect(journal.waiting).toBe(0);
});
