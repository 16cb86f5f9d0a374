// A directory through its archive, and archives that are none.

import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { afterAll, expect, it } from "vitest";
import { packDirectory, unpackDirectory } from "./archive.ts";

const scratch = mkdtempSync(join(tmpdir(), "tempered-archive-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const archive = join(scratch, "archive");

it("brings back every byte of every file, but not the lock", async () => {
  const from = join(scratch, "from");
  mkdirSync(join(from, "checkpoint", "deep"), { recursive: true });
  const big = Buffer.alloc(3_000_000, "line\n and\0more");
  writeFileSync(join(from, "run.json"), '{"a": "ü\\n"}\n');
  writeFileSync(join(from, "empty"), "");
  writeFileSync(join(from, "checkpoint", "deep", "weights.bin"), big);
  writeFileSync(join(from, "run.lock"), "123");
  await packDirectory(from, createWriteStream(archive));
  const to = join(scratch, "to");
  await unpackDirectory(createReadStream(archive), to);
  expect(readFileSync(join(to, "run.json"), "utf8")).toBe('{"a": "ü\\n"}\n');
  expect(readFileSync(join(to, "empty")).length).toBe(0);
  expect(readFileSync(join(to, "checkpoint", "deep", "weights.bin")).equals(big)).toBe(true);
  expect(existsSync(join(to, "run.lock"))).toBe(false);
});

it.each([
  ["that is cut short", () => readFileSync(archive).subarray(0, 1000)],
  ["that is no archive", () => Buffer.from("hello")],
  ["whose file is cut short", () => gzipSync('{"name":"a","size":5}\nabc')],
  ["that would leave its place", () => gzipSync('{"name":"x/../../b","size":1}\na')],
  ["with an absolute path", () => gzipSync('{"name":"/tmp/b","size":1}\na')],
  ["without a header", () => gzipSync("x".repeat(20_000))],
])("refuses one %s", async (_, bytes) => {
  const to = join(scratch, "refused");
  await expect(unpackDirectory(Readable.from([bytes()]), to)).rejects.toThrow(
    /Expected the archive of a run/,
  );
  expect(existsSync(join(scratch, "b"))).toBe(false);
});
