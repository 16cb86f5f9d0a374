// Writes worker.generated.ts, which holds the JavaScript of the files below as one text for workers to run, so that no
// bundler has to find a file. Run it after each change of one: `npx tsx src/engines/onnxruntime/embed-worker.ts`.

import { readFileSync, writeFileSync } from "node:fs";
import ts from "typescript";

/** Each imports only from those before it. */
const FILES = ["session.ts", "c-api.ts", "exchange.ts", "shard.ts", "serve.ts"];

/** The text of worker.generated.ts. */
export function embeddedWorker(): string {
  const lines = FILES.flatMap((file) => {
    const source = readFileSync(new URL(file, import.meta.url), "utf8");
    const { outputText } = ts.transpileModule(source, {
      compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, removeComments: true },
    });
    return outputText
      .trimEnd()
      .split("\n")
      .filter((line) => !line.startsWith("import "));
  });
  return `// Made from ${FILES.join(", ")} by embed-worker.ts.

export const workerSource = [
${lines.map((line) => `  ${JSON.stringify(line)},`).join("\n")}
].join("\\n");
`;
}

if (import.meta.url === `file://${process.argv[1]}`) {
  writeFileSync(new URL("worker.generated.ts", import.meta.url), embeddedWorker());
}
