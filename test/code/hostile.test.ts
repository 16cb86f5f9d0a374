// Cut, shuffled, nested and foreign texts: the reader answers or passes over them, soon, and never throws.

import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readSource } from "../../src/code/index.ts";

const folder = new URL("variants/", import.meta.url);
const programs = readdirSync(folder)
  .filter((name) => name.includes("."))
  .map((file) => ({
    path: file.replace(/\.txt$/, ""),
    text: readFileSync(new URL(file, folder), "utf8"),
  }));

/** Park and Miller's generator: the same texts on every run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48271) % 2147483647;
    return state % below;
  };
}

test("200 cut and shuffled programs are read or passed over", { timeout: 60_000 }, () => {
  const next = numbers(17);
  const marks = ["(", ")", "[", "\0", ":", "\n", '"""', "self.", "*", "{", "é", "=>", "lambda", "\t"];
  for (let round = 0; round < 200; round++) {
    const { path, text } = programs[next(programs.length)]!;
    let changed = text;
    for (let times = next(6); times >= 0; times--) {
      const at = next(changed.length + 1);
      const kind = next(3);
      if (kind === 0) changed = changed.slice(0, at) + marks[next(marks.length)]! + changed.slice(at);
      else if (kind === 1) changed = changed.slice(0, at) + changed.slice(at + next(40));
      else if (round % 5 === 0) changed = changed.slice(0, Math.max(100, at));
    }
    expect(() => readSource(changed, { path })).not.toThrow();
  }
});

const seed = "log_alpha log_prob target_entropy\n";
const hostile: [string, string, string][] = [
  ["open brackets", "a.py", `${seed}x = ${"(".repeat(1900)}`],
  [
    "nested functions",
    "a.py",
    seed + Array.from({ length: 400 }, (_, at) => `${" ".repeat(at)}def f():\n`).join(""),
  ],
  ["a long line", "a.py", `${seed}${"_q".repeat(400_000)}`],
  ["many half-long lines", "a.py", `${seed}${`${"_q".repeat(950)}\n`.repeat(400)}`],
  ["ten million characters", "a.py", seed + "x = 1\n".repeat(1_700_000)],
  [
    "a thousand losses",
    "a.py",
    seed + "alpha_loss = -(log_alpha * (log_prob + target_entropy)).mean()\n".repeat(2000),
  ],
  [
    "names that double",
    "a.py",
    seed + Array.from({ length: 60 }, (_, at) => `a${at + 1} = a${at} + a${at}\n`).join(""),
  ],
  ["null bytes", "a.py", `${seed}\0\0\0alpha_loss = \0`],
  ["nested arrows", "a.js", `${seed}const f = ${"() => ".repeat(900)}1`],
  ["broken JSON", "a.ipynb", `${seed}{"cells": [null, {"cell_type":`],
  [
    "cells of no kind",
    "a.ipynb",
    '{"cells": [null, 3, {"cell_type": "code"}, {"cell_type": "code", "source": 4}]}',
  ],
];

test.each(hostile)("%s take less than 2 s", (_, path, text) => {
  const start = performance.now();
  expect(() => readSource(text, { path })).not.toThrow();
  expect(performance.now() - start).toBeLessThan(2000);
});
