import { expect, test } from "vitest";
import { unifiedPatch } from "./patch.ts";

const lines = (count: number) => Array.from({ length: count }, (_, i) => `line ${i + 1}\n`).join("");

test("a changed line stands between three lines of context", () => {
  const before = lines(10);
  expect(unifiedPatch("a.py", before, before.replace("line 5", "five"))).toBe(
    `--- a/a.py
+++ b/a.py
@@ -2,7 +2,7 @@
 line 2
 line 3
 line 4
-line 5
+five
 line 6
 line 7
 line 8
`,
  );
});

test("changes far apart have hunks of their own, with counts that follow what was added", () => {
  const before = lines(30);
  const after = before.replace("line 3\n", "line 3\nmore\n").replace("line 25\n", "");
  const heads = unifiedPatch("a.py", before, after)
    .split("\n")
    .filter((line) => line.startsWith("@@"));
  expect(heads).toEqual(["@@ -1,6 +1,7 @@", "@@ -22,7 +23,6 @@"]);
});

test("equal texts have no patch, and a missing last newline is said", () => {
  expect(unifiedPatch("a.py", "x\n", "x\n")).toBe("");
  expect(unifiedPatch("a.py", "x", "y")).toBe(
    "--- a/a.py\n+++ b/a.py\n@@ -1,1 +1,1 @@\n-x\n\\ No newline at end of file\n+y\n\\ No newline at end of file\n",
  );
});
