// Writes bridge.generated.ts, which holds the text of bridge.py, so that a bundle needs no file beside it.
// Run it after each change of bridge.py: `npx tsx src/envs/gymnasium/embed-bridge.ts`.

import { readFileSync, writeFileSync } from "node:fs";

const lines = readFileSync(new URL("./bridge.py", import.meta.url), "utf8").split("\n");
const text = `// Made from bridge.py by embed-bridge.ts.

export const bridgeSource = [
${lines.map((line) => `  ${JSON.stringify(line)},`).join("\n")}
].join("\\n");
`;
writeFileSync(new URL("./bridge.generated.ts", import.meta.url), text);
