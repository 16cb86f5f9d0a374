// SARIF as its 2.1.0 schema has it: which properties an object may have and must have, and what their values are. The
// schema forbids all others.

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readSource, type SourceReport, sarifReport } from "./index.ts";

interface Shape {
  readonly required?: readonly string[];
  readonly properties: Readonly<Record<string, Check>>;
}

type Check = (value: unknown, at: string) => void;

const text: Check = (value, at) => expect(value, at).toBeTypeOf("string");
const place: Check = (value, at) => expect(Number.isInteger(value) && Number(value) >= 1, at).toBe(true);
const index: Check = (value, at) => expect(Number.isInteger(value) && Number(value) >= -1, at).toBe(true);
const bag: Check = (value, at) => expect(value, at).toBeTypeOf("object");
const oneOf =
  (...values: readonly string[]): Check =>
  (value, at) =>
    expect(values, at).toContain(value);
/** A URI reference of RFC 3986. */
const uri: Check = (value, at) =>
  expect(value, at).toMatch(/^([A-Za-z][A-Za-z\d+.-]*:)?([\w\-.~!$&'()*+,;=:@/?#[\]]|%[\dA-F]{2})*$/i);
const list =
  (check: Check, least = 0): Check =>
  (value, at) => {
    expect(Array.isArray(value), at).toBe(true);
    expect((value as unknown[]).length, at).toBeGreaterThanOrEqual(least);
    for (const [key, one] of (value as unknown[]).entries()) check(one, `${at}[${key}]`);
  };
const object =
  ({ required = [], properties }: Shape): Check =>
  (value, at) => {
    expect(value, at).toBeTypeOf("object");
    const keys = Object.keys(value as object);
    for (const key of required) expect(keys, at).toContain(key);
    for (const [key, one] of Object.entries(value as object)) {
      expect(Object.keys(properties), `${at}.${key}`).toContain(key);
      properties[key]!(one, `${at}.${key}`);
    }
  };

const message = object({ required: ["text"], properties: { text } });
const artifactLocation = object({ properties: { uri, uriBaseId: text, index } });
const region = object({
  properties: { startLine: place, startColumn: place, endLine: place, endColumn: place },
});
const rule = object({
  required: ["id"],
  properties: {
    id: text,
    name: text,
    shortDescription: message,
    help: message,
    helpUri: uri,
    properties: bag,
  },
});
const fix = object({
  required: ["artifactChanges"],
  properties: {
    description: message,
    artifactChanges: list(
      object({
        required: ["artifactLocation", "replacements"],
        properties: {
          artifactLocation,
          replacements: list(
            object({
              required: ["deletedRegion"],
              properties: { deletedRegion: region, insertedContent: object({ properties: { text } }) },
            }),
            1,
          ),
        },
      }),
      1,
    ),
  },
});
const result = object({
  required: ["message"],
  properties: {
    ruleId: text,
    ruleIndex: index,
    level: oneOf("none", "note", "warning", "error"),
    message,
    locations: list(
      object({ properties: { physicalLocation: object({ properties: { artifactLocation, region } }) } }),
    ),
    partialFingerprints: bag,
    fixes: list(fix),
    properties: bag,
  },
});
const log = object({
  required: ["version", "runs"],
  properties: {
    $schema: uri,
    version: oneOf("2.1.0"),
    runs: list(
      object({
        required: ["tool"],
        properties: {
          tool: object({
            required: ["driver"],
            properties: {
              driver: object({
                required: ["name"],
                properties: { name: text, semanticVersion: text, rules: list(rule) },
              }),
            },
          }),
          columnKind: oneOf("utf16CodeUnits", "unicodeCodePoints"),
          artifacts: list(object({ properties: { location: artifactLocation } })),
          results: list(result),
        },
      }),
    ),
  },
});

function reportOf(path: string, named = path): SourceReport {
  const report = readSource(readFileSync(path, "utf8"), { path: named });
  expect(report).toBeDefined();
  return report!;
}

test("every object has what the schema asks for and nothing else", () => {
  const mended = reportOf("test/code/variants/torch-methods.py");
  const wrong = readSource(
    readFileSync("test/code/variants/torch-methods.py", "utf8").replace(
      /-\s*\(\s*self\.log_alpha/,
      "(self.log_alpha",
    ),
    { path: "agents/my agent [1].py" },
  )!;
  const sources = [
    reportOf("test/code/examples/founding-question.py"),
    mended,
    wrong,
    reportOf("test/code/examples/founding-question.py", "/home/ä b/sac.py"),
    reportOf("test/code/examples/founding-question.py", "C:\\runs\\sac.py"),
  ];
  const sarif = JSON.parse(JSON.stringify(sarifReport(sources, "1.0.0")));
  log(sarif, "log");
  const [run] = sarif.runs;
  expect(run.results.length).toBeGreaterThan(2);
  for (const { ruleId, ruleIndex } of run.results) expect(run.tool.driver.rules[ruleIndex].id).toBe(ruleId);
  const ids = run.tool.driver.rules.map(({ id }: { id: string }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const places = run.artifacts.map(({ location }: { location: { uri: string } }) => location.uri);
  expect(places.slice(2)).toEqual([
    "agents/my%20agent%20%5B1%5D.py",
    "file:///home/%C3%A4%20b/sac.py",
    "file:///C:/runs/sac.py",
  ]);
});

test("a log without findings is one too", () => {
  log(JSON.parse(JSON.stringify(sarifReport([], "1.0.0"))), "log");
});
