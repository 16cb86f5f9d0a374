// Writes worker.generated.ts, which holds worker.ts and all it imports as one text for workers to run, so that no bundler
// of somebody's program has to find a file. Run it after each change of one:
// `npx tsx src/engines/onnxruntime/embed-worker.ts`.

import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** The text of worker.generated.ts. */
export async function embeddedWorker(): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: fileURLToPath(new URL(".", import.meta.url)),
    entryPoints: ["worker.ts"],
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    write: false,
  });
  const lines = outputFiles[0]!.text.trimEnd().split("\n");
  return `// Made from worker.ts by embed-worker.ts.

export const workerSource = [
${lines.map((line) => `  ${JSON.stringify(line)},`).join("\n")}
].join("\\n");
`;
}

if (import.meta.url === `file://${process.argv[1]}`) {
  writeFileSync(new URL("worker.generated.ts", import.meta.url), await embeddedWorker());
}
