// The findings in SARIF 2.1.0, which code hosts show on the lines they are about.

import type { SourceFinding, SourceReport } from "./report.ts";

const levels = { error: "error", warning: "warning", info: "note" } as const;

/** @param version of this package */
export function sarifReport(sources: readonly SourceReport[], version: string) {
  const all = sources.flatMap(({ findings }) => findings);
  const ids = [...new Set(all.map(({ id }) => id))].sort();
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "tempered doctor",
            semanticVersion: version,
            rules: ids.map((id) => rule(all.find((one) => one.id === id)!)),
          },
        },
        columnKind: "utf16CodeUnits",
        artifacts: sources.map(({ path }) => ({ location: { uri: uriOf(path) } })),
        results: sources.flatMap(({ path, findings }) =>
          findings.map((finding) => result(path, finding, ids.indexOf(finding.id))),
        ),
      },
    ],
  };
}

function rule({ id, message, reference, fix }: SourceFinding) {
  return {
    id,
    name: id.replace(/(^|-)(\w)/g, (_, __, letter: string) => letter.toUpperCase()),
    shortDescription: { text: message },
    help: { text: `${fix} The page: tempered doctor --explain ${reference}` },
    helpUri: `tempered:docs/doctor/${reference}.md`,
    properties: { tags: ["soft-actor-critic", "correctness"] },
  };
}

function result(path: string, finding: SourceFinding, ruleIndex: number) {
  const { id, severity, confidence, line, endLine = line, message, fix, replacement } = finding;
  const artifactLocation = { uri: uriOf(path) };
  return {
    ruleId: id,
    ruleIndex,
    level: levels[severity],
    message: { text: `${message} ${fix}` },
    locations: [
      {
        physicalLocation: { artifactLocation, region: { startLine: line, endLine: Math.max(line, endLine) } },
      },
    ],
    partialFingerprints: { "idAndLine/v1": `${id}:${line}` },
    properties: { confidence },
    ...(replacement
      ? {
          fixes: [
            {
              description: { text: fix },
              artifactChanges: [
                {
                  artifactLocation,
                  replacements: [
                    {
                      // From the first column of the first line to that of the line behind the last.
                      deletedRegion: {
                        startLine: replacement.fromLine,
                        startColumn: 1,
                        endLine: replacement.toLine + 1,
                        endColumn: 1,
                      },
                      insertedContent: { text: `${replacement.text}\n` },
                    },
                  ],
                },
              ],
            },
          ],
        }
      : {}),
  };
}

/** Relative where the path is, with what a URI may not hold escaped. */
function uriOf(path: string): string {
  const plain = path.replaceAll("\\", "/");
  const escaped = plain.split("/").map(encodeURIComponent).join("/");
  if (/^[A-Za-z]:\//.test(plain)) return `file:///${plain.slice(0, 2)}${escaped.slice(4)}`;
  return plain.startsWith("/") ? `file://${escaped}` : escaped;
}
