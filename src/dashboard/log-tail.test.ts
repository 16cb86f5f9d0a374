import {
  appendFileSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, expect, it } from "vitest";
import { encodeFileHeader, encodeScalars } from "../runs/tfevents/index.ts";
import { LogTail } from "./log-tail.ts";

const root = realpathSync(mkdtempSync(join(tmpdir(), "tempered-tail-")));
afterAll(() => rmSync(root, { recursive: true }));

let count = 0;
function tailOf(content?: string | Uint8Array): { path: string; tail: LogTail } {
  const path = join(root, `log-${count++}`);
  if (content !== undefined) writeFileSync(path, content);
  return { path, tail: new LogTail(path, root) };
}

const alphas = (tail: LogTail) => {
  const columns = tail.log?.points.runs.get("");
  return [...(columns?.get("train/ent_coef")?.values ?? [])].map((x) => Number(x.toPrecision(6)));
};
const row = (alpha: number) => `${JSON.stringify({ "time/total_timesteps": 1, "train/ent_coef": alpha })}\n`;
const poll = (tail: LogTail) => tail.poll(Date.now());

it("rows that are appended are read, and only they", async () => {
  const rows = Array.from({ length: 3000 }, (_, i) => row(1 + i / 1000)).join("");
  const { path, tail } = tailOf(rows);
  expect(await poll(tail)).toBe(true);
  expect(alphas(tail)).toHaveLength(3000);
  expect(tail.offset).toBe(rows.length);
  const log = tail.log;
  appendFileSync(path, row(0.5));
  expect(await poll(tail)).toBe(true);
  expect(alphas(tail).slice(-2)).toEqual([3.999, 0.5]);
  expect(tail.log).toBe(log);
  expect(await poll(tail)).toBe(false);
});

it("a line that is half written waits for its other half", async () => {
  const { path, tail } = tailOf(row(0.5));
  await poll(tail);
  const next = row(0.25);
  appendFileSync(path, next.slice(0, 30));
  await poll(tail);
  expect(alphas(tail)).toEqual([0.5]);
  appendFileSync(path, next.slice(30));
  await poll(tail);
  expect(alphas(tail)).toEqual([0.5, 0.25]);
});

it("event files grow record by record", async () => {
  const record = (step: number, alpha: number) => encodeScalars(step, step, { "train/ent_coef": alpha });
  const { path, tail } = tailOf(Buffer.concat([encodeFileHeader(1), record(1, 0.5)]));
  await poll(tail);
  const next = record(2, 0.25);
  appendFileSync(path, next.subarray(0, 20));
  await poll(tail);
  expect(alphas(tail)).toEqual([0.5]);
  appendFileSync(path, next.subarray(20));
  await poll(tail);
  expect(alphas(tail)).toEqual([0.5, 0.25]);
});

it("a log cut short, and grown again meanwhile, is read from its beginning", async () => {
  const { path, tail } = tailOf(row(0.5) + row(0.25) + row(0.125));
  await poll(tail);
  truncateSync(path, row(0.5).length);
  await poll(tail);
  expect(alphas(tail)).toEqual([0.5]);
  writeFileSync(path, row(0.75) + row(0.7) + row(0.6) + row(0.65));
  await poll(tail);
  expect(alphas(tail)).toEqual([0.75, 0.7, 0.6, 0.65]);
});

it("a log that another took the place of is read anew; one that is gone holds nothing", async () => {
  const { path, tail } = tailOf(row(0.5) + row(0.25));
  await poll(tail);
  renameSync(path, `${path}.1`);
  writeFileSync(path, row(0.9) + row(0.8));
  await poll(tail);
  expect(alphas(tail)).toEqual([0.9, 0.8]);
  unlinkSync(path);
  expect(await poll(tail)).toBe(true);
  expect(tail.log).toBeUndefined();
  writeFileSync(path, row(0.3));
  await poll(tail);
  expect(alphas(tail)).toEqual([0.3]);
});

it("the last line of a log that nobody writes any more needs no line end", async () => {
  const { path, tail } = tailOf("train/ent_coef,train/ent_coef_loss\n0.5,-1\n0.25,-2");
  await poll(tail);
  expect(alphas(tail)).toEqual([0.5]);
  const past = new Date(Date.now() - 60_000);
  utimesSync(path, past, past);
  await poll(tail);
  await poll(tail);
  expect(alphas(tail)).toEqual([0.5, 0.25]);
  appendFileSync(path, "\n0.125,-3\n");
  await poll(tail);
  expect(alphas(tail)).toEqual([0.5, 0.25, 0.125]);
});

it("packed logs are read as a whole", async () => {
  const { tail } = tailOf(gzipSync(row(0.5) + row(0.25)));
  await poll(tail);
  expect(alphas(tail)).toEqual([0.5, 0.25]);
});

it("a link out of the folder is not followed, also where it took a log's place", async () => {
  const outside = mkdtempSync(join(tmpdir(), "tempered-outside-"));
  writeFileSync(join(outside, "log"), row(0.5));
  const { path, tail } = tailOf(row(0.9));
  await poll(tail);
  unlinkSync(path);
  symlinkSync(join(outside, "log"), path);
  await poll(tail);
  expect(tail.log).toBeUndefined();
  rmSync(outside, { recursive: true });
});
