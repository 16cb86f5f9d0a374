// Writes part.generated.ts, which holds the JavaScript of part.ts as a text for workers to run, so that no bundler has
// to find a file. Run it after each change of part.ts: `npx tsx src/engines/onnxruntime/embed-part.ts`.

import { readFileSync, writeFileSync } from "node:fs";
import ts from "typescript";

/** The text of part.generated.ts. */
export function embeddedPart(): string {
  const source = readFileSync(new URL("./part.ts", import.meta.url), "utf8");
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, removeComments: true },
  });
  const lines = outputText.trimEnd().split("\n");
  return `// Made from part.ts by embed-part.ts.

export const partSource = [
${lines.map((line) => `  ${JSON.stringify(line)},`).join("\n")}
].join("\\n");
`;
}

if (import.meta.url === `file://${process.argv[1]}`) {
  writeFileSync(new URL("./part.generated.ts", import.meta.url), embeddedPart());
}
