// What real files look like besides being right: cut short, damaged, compressed, in other encodings, very long.

import fc from "fast-check";
import { gzipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { formatMetricsLine } from "../metrics-line.ts";
import type { Series } from "../series.ts";
import { encodeFileHeader, encodeScalars, encodeText } from "../tfevents/index.ts";
import { LogError } from "./log-error.ts";
import { readRuns, readSeries } from "./read-runs.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const CSV = "step,alpha,alpha_loss\n100,0.5,-1\n200,0.25,-2\n";

async function read(data: Uint8Array | string, path = "log"): Promise<Series> {
  const found = await readSeries({ path, bytes: typeof data === "string" ? bytes(data) : data });
  return found[0]!;
}

function cells(series: Series): Record<string, number[]> {
  return Object.fromEntries(Object.entries(series.columns).map(([name, column]) => [name, [...column]]));
}

const TWO_ROWS = { step: [100, 200], alpha: [0.5, 0.25], alphaLoss: [-1, -2] };

describe("a table", () => {
  it.each([
    ["as it is", CSV],
    ["with CRLF", CSV.replaceAll("\n", "\r\n")],
    ["with a byte-order mark", `\ufeff${CSV}`],
    ["with tabs", CSV.replaceAll(",", "\t")],
    ["with quotes", CSV.replace("alpha,", '"alpha",').replace("0.25", '"0.25"')],
    ["with semicolons and decimal commas", "step;alpha;alpha_loss\n100;0,5;-1\n200;0,25;-2\n"],
    ["with zeros that a crash left", `${CSV}${"\u0000".repeat(2)}`],
    ["with comments", `# seed 1\n${CSV}`],
    ["with blank lines", CSV.replaceAll("\n", "\n\n")],
    ["with its columns in another order", "alpha_loss,step,alpha\n-1,100,0.5\n-2,200,0.25\n"],
    ["with a repeated header", CSV.replace("200,", "step,alpha,alpha_loss\n200,")],
    ["with another header half-way", CSV.replace("200,0.25,-2", "alpha,step,alpha_loss\n0.25,200,-2")],
    ["without a last line feed", CSV.trimEnd()],
    [
      "with columns nobody knows, and text in them",
      'note,step,alpha,alpha_loss\n"a,\nb",100,0.5,-1\nc,200,0.25,-2\n',
    ],
    ["with more cells than its header", CSV.replace("-1\n", "-1,7,7\n")],
  ])("%s", async (_what, text) => {
    const series = await read(text);
    expect(series.format).toBe("csv");
    expect(cells(series)).toEqual(TWO_ROWS);
  });

  it("in UTF-16, as PowerShell redirects", async () => {
    const data = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(CSV, "utf16le")]);
    expect(cells(await read(data))).toEqual(TWO_ROWS);
  });

  it("tells NaN that was written from a cell that is missing", async () => {
    const series = await read("step,alpha,alpha_loss\n100,,-1\n200,nan,-2\n300,0.5,-inf\n");
    expect(cells(series)).toEqual({
      step: [100, 200, 300],
      alpha: [Number.NaN, Number.NaN, 0.5],
      alphaLoss: [-1, -2, Number.NEGATIVE_INFINITY],
    });
    expect(series.notFinite).toEqual({ alpha: 1, alphaLoss: 2 });
  });

  it("cut in its last row keeps the whole cells", async () => {
    const series = await read("step,alpha,alpha_loss\n100,0.5001,-1.25\n200,0.25");
    expect(cells(series)).toEqual({
      step: [100, 200],
      alpha: [0.5001, Number.NaN],
      alphaLoss: [-1.25, Number.NaN],
    });
    expect(series.notes).toEqual(["The last row is cut short; its last cell was left out."]);
  });

  it("of one column has neither steps nor a delimiter", async () => {
    expect(cells(await read("alpha\n0.5\n0.25\n"))).toEqual({ alpha: [0.5, 0.25] });
  });

  it("of five thousand columns keeps those that mean something", async () => {
    const noise = Array.from({ length: 5000 }, (_, i) => `layer${i}/weight`);
    const text = `${noise.join(",")},alpha\n${noise.map(() => "1").join(",")},0.5\n`;
    expect(cells(await read(text))).toEqual({ alpha: [0.5] });
  });

  it("of millions of points is thinned evenly, and a rarer column keeps its steps", async () => {
    const count = 1_500_000;
    const parts = ["step,alpha,return\n"];
    for (let i = 0; i < count; i++) parts.push(`${i * 2},0.5,${i % 999 === 1 ? -i : ""}\n`);
    const series = await read(parts.join(""));
    expect(series.notes).toEqual(["The log is very long: of its points every 2nd was kept."]);
    const { step, alpha } = series.columns;
    expect(alpha!.filter(Number.isFinite).length).toBe(count / 2);
    const returns = series.columns.return!;
    const rows = [...returns.keys()].filter((row) => Number.isFinite(returns[row]!));
    expect(rows.length).toBe(Math.ceil(count / 999));
    for (const row of rows) expect(step![row]).toBe(-2 * returns[row]!);
  });

  it("begun anew in the same file holds two runs", async () => {
    const run = Array.from({ length: 5 }, (_, i) => `${(i + 1) * 100},${0.9 ** i}`).join("\n");
    const series = await readSeries({
      path: "log",
      bytes: bytes(`step,alpha\n${run}\nstep,alpha\n${run}\n`),
    });
    expect(series.map(({ path, length }) => [path, length])).toEqual([
      ["log#1", 5],
      ["log#2", 5],
    ]);
    const resumed = run.split("\n").map((line) => line.replace(/,.*/, ",0.3"));
    expect(
      await readSeries({ path: "log", bytes: bytes(`step,alpha\n${run}\n${resumed.join("\n")}\n`) }),
    ).toHaveLength(1);
  });
});

describe("JSON", () => {
  const line = (step: number, alpha: unknown, loss: unknown) =>
    JSON.stringify({ step, alpha, alpha_loss: loss });

  it.each([
    ["lines", `${line(100, 0.5, -1)}\n${line(200, 0.25, -2)}\n`, "jsonl"],
    ["lines cut short", `${line(100, 0.5, -1)}\n${line(200, 0.25, -2)}\n{"step": 30`, "jsonl"],
    ["lines among other lines", `${line(100, 0.5, -1)}\nWARNING: x\n\n${line(200, 0.25, -2)}\n`, "jsonl"],
    ["a list of rows", `[${line(100, 0.5, -1)},\n${line(200, 0.25, -2)}]`, "json"],
    ["columns", '{"step": [100, 200], "alpha": [0.5, 0.25], "alpha_loss": [-1, -2]}', "json"],
    [
      "columns, indented",
      JSON.stringify({ alpha: [0.5, 0.25], step: [100, 200], alpha_loss: [-1, -2] }, null, 2),
      "json",
    ],
  ])("%s", async (_what, text, format) => {
    const series = await read(text);
    expect(series.format).toBe(format);
    expect(cells(series)).toEqual(TWO_ROWS);
  });

  it("keeps Python's bare NaN and the strings that stand for it", async () => {
    const series = await read(
      '{"step": 1, "alpha": NaN}\n{"step": 2, "alpha": "Infinity"}\n{"step": 3, "alpha": null}\n',
    );
    expect(cells(series)).toEqual({
      step: [1, 2, 3],
      alpha: [Number.NaN, Number.POSITIVE_INFINITY, Number.NaN],
    });
    expect(series.notFinite).toEqual({ alpha: 0 });
  });

  it("rows of our own come back whatever they hold", async () => {
    const value = fc.double().map((x) => x + 0);
    const row = fc.record({ "train/ent_coef": value, "train/entropy": value, "train/log_alpha": value });
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 20 }), async (rows) => {
        const series = await read(rows.map((metrics, i) => formatMetricsLine(i, metrics)).join(""));
        expect(cells(series)).toMatchObject({
          step: rows.map((_, i) => i),
          alpha: rows.map((metrics) => metrics["train/ent_coef"]),
          entropy: rows.map((metrics) => metrics["train/entropy"]),
        });
      }),
    );
  });
});

describe("event files", () => {
  const events = (from: number, to: number, alpha: (step: number) => number) => {
    const records = [encodeFileHeader(from + 1)];
    for (let step = from; step < to; step += 100) {
      records.push(
        encodeScalars(step, step + 1, { "train/ent_coef": alpha(step), "train/ent_coef_loss": -1 }),
      );
    }
    return Buffer.concat(records);
  };

  it("of a resumed run are one run; those whose steps overlap are not", async () => {
    const { series } = await readRuns({
      logs: [
        { path: "SAC_1/events.2", bytes: events(400, 600, () => 0.25) },
        { path: "SAC_1/events.1", bytes: events(0, 400, () => 0.5) },
        { path: "SAC_2/events.1", bytes: events(0, 400, () => 0.75) },
        { path: "SAC_2/events.2", bytes: events(300, 600, () => 0.75) },
      ],
    });
    expect(series.map(({ path }) => path)).toEqual(["SAC_1", "SAC_2/events.1", "SAC_2/events.2"]);
    expect(cells(series[0]!)).toMatchObject({
      step: [0, 100, 200, 300, 400, 500],
      alpha: [0.5, 0.5, 0.5, 0.5, 0.25, 0.25],
    });
    expect(series[0]!.notes).toEqual(["2 event files of this directory were read as one run."]);
  });

  it("that begin at the same step are runs of their own", async () => {
    const logs = ["a", "b"].map((name) => ({ path: `logs/${name}`, bytes: events(0, 400, () => 0.5) }));
    expect((await readRuns({ logs })).series.map(({ path }) => path)).toEqual(["logs/a", "logs/b"]);
  });

  it("carry settings in a table of arguments", async () => {
    const table =
      "|param|value|\n|-|-|\n|env_id|Hopper-v4|\n|q_lr|0.001|\n|policy_lr|0.0003|\n|learning_starts|150|\n|autotune|False|\n|alpha|0.2|";
    const data = Buffer.concat([
      encodeText(0, 1, "hyperparameters/text_summary", table),
      ...[100, 200].map((step) => encodeScalars(step, 1, { "losses/alpha": 0.5, "losses/qf_loss": 1 })),
    ]);
    const series = await read(data);
    expect(series.declared).toEqual({ env: "Hopper-v4", alphaLearningRate: 0.001, initialAlpha: 0.2 });
    expect(series.units).toBe("environment");
    expect(cells(series).updates).toEqual([0, 50]);
  });

  it("whose beginning is lost are known by the rest", async () => {
    const series = await read(events(0, 500, () => 0.5).subarray(20));
    expect([series.format, series.length]).toEqual(["tfevents", 5]);
  });

  it("are known although a long text opens them and their first byte is wrong", async () => {
    const table = `|param|value|\n|-|-|\n|note|${"long ".repeat(2000)}|`;
    const data = Buffer.concat([encodeText(0, 1, "args", table), events(0, 500, () => 0.5)]);
    data[0]! ^= 1;
    const series = await read(data);
    expect([series.format, series.length]).toEqual(["tfevents", 5]);
  });

  it("cut short or damaged say so and give the rest", async () => {
    const data = events(0, 1000, (step) => step);
    data[300]! ^= 1;
    const series = await read(data.subarray(0, data.length - 3));
    expect(series.length).toBe(8);
    expect(series.notes).toHaveLength(2);
    expect(series.notes[0]).toMatch(/bytes from byte \d+ are unreadable/);
    expect(series.notes[1]).toMatch(/cut short at byte \d+/);
  });
});

describe("gzip", () => {
  it("of any format is unpacked, from a stream of single bytes too", async () => {
    const packed = gzipSync(bytes(CSV));
    expect(cells(await read(packed))).toEqual(TWO_ROWS);
    const stream = (async function* () {
      for (const byte of packed) yield Uint8Array.of(byte);
    })();
    const [series] = await readSeries({ path: "-", bytes: stream });
    expect(cells(series!)).toEqual(TWO_ROWS);
  });

  it("cut short gives what was there", async () => {
    const rows = Array.from({ length: 5000 }, (_, i) => `${i},${Math.fround(Math.sin(i) + 2)}\n`).join("");
    const packed = gzipSync(bytes(`step,alpha\n${rows}`));
    const series = await read(packed.subarray(0, packed.length - 1000));
    expect(series.length).toBeGreaterThan(1000);
    expect(series.notes.join()).toMatch(/gzip data ends early/);
  });

  it("that unpacks without end is stopped", async () => {
    const blanks = gzipSync(new Uint8Array(80 * 2 ** 20).fill(32));
    await expect(read(blanks)).rejects.toThrow(LogError);
    const header = gzipSync(bytes("step,alpha\n1,0.5\n2,0.25\n"));
    const series = await read(Buffer.concat([header, blanks]));
    expect(cells(series)).toMatchObject({ alpha: [0.5, 0.25] });
    expect(series.notes.join()).toMatch(/unpacks to more than any log does/);
  });
});

describe("what is no log", () => {
  it.each<[string, Uint8Array, string, RegExp]>([
    ["nothing", new Uint8Array(0), "LOG_EMPTY", /^x: Expected a log, got an empty file\.$/],
    [
      "a picture",
      Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0),
      "LOG_UNRECOGNISED",
      /^x, byte 0: .*binary data \(89 50 4e 47/,
    ],
    ["gzip in gzip", gzipSync(gzipSync(bytes(CSV))), "LOG_UNRECOGNISED", /binary data \(1f 8b/],
    [
      "another table",
      bytes("name,age\nx,3\ny,4\n"),
      "LOG_NO_QUANTITY",
      /^x: Expected the log of a SAC program .*found only name, age/,
    ],
    ["prose", bytes("Dear reader,\nthis is no log.\n"), "LOG_NO_QUANTITY", /found no named number/],
    ["damaged gzip", gzipSync(bytes(CSV)).fill(0, 10, 20), "LOG_DAMAGED", /^x: The gzip data is damaged/],
    ["half a JSON document", bytes('[\n{"alpha": 1},\n{"al'), "LOG_DAMAGED", /^x: Expected a JSON document/],
  ])("is refused in one line: %s", async (_what, data, code, message) => {
    const error: unknown = await readSeries({ path: "x", bytes: data }).catch((reason) => reason);
    expect(error).toBeInstanceOf(LogError);
    expect(error).toMatchObject({ code });
    expect((error as LogError).message).toMatch(message);
    expect((error as LogError).message).not.toMatch(/\n/);
  });

  it("keeps a stream's own error, with the place", async () => {
    const broken = (async function* () {
      yield bytes(CSV);
      throw new Error("disk gone");
    })();
    await expect(readSeries({ path: "x", bytes: broken })).rejects.toThrow(
      /^x, byte 45: Reading stopped: disk gone$/,
    );
  });
});
