// Every finding on code refers to a page that is there.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

test("references are pages of docs/doctor", () => {
  const folder = new URL("../../src/code/", import.meta.url);
  const named = readdirSync(folder)
    .filter((file) => !file.includes(".test."))
    .flatMap((file) => [...readFileSync(new URL(file, folder), "utf8").matchAll(/reference: "([\w-]+)"/g)])
    .map(([, page]) => page!);
  expect(named.length).toBeGreaterThan(8);
  const missing = named.filter(
    (page) => !existsSync(new URL(`../../docs/doctor/${page}.md`, import.meta.url)),
  );
  expect(missing).toEqual([]);
});
