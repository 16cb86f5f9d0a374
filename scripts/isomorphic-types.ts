// Compiles the folders that also run in browsers without Node's types (tsconfig.isomorphic.json), so that nothing of Node's
// is used there unseen. What they only load in Node (files named *.node.ts, engines) is compiled by tsconfig.json.

import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const root = fileURLToPath(new URL("..", import.meta.url));
const { config } = ts.readConfigFile(`${root}tsconfig.isomorphic.json`, ts.sys.readFile);
const { fileNames, options, errors } = ts.parseJsonConfigFileContent(config, ts.sys, root);
const program = ts.createProgram(fileNames, options);
const found = fileNames.flatMap((name) => program.getSemanticDiagnostics(program.getSourceFile(name)));
for (const { file, start = 0, messageText } of [...errors, ...found]) {
  const line = file ? file.getLineAndCharacterOfPosition(start).line + 1 : 0;
  const where = file ? `${relative(root, file.fileName)}:${line}: ` : "";
  console.error(where + ts.flattenDiagnosticMessageText(messageText, "\n"));
}
if (found.length + errors.length > 0 || fileNames.length === 0) process.exitCode = 1;
