// Writes bridge.generated.ts, which holds the texts of spaces.py and bridge.py, so that a bundle needs no file beside it.
// Run it after each change of them: `npx tsx src/envs/gymnasium/embed-bridge.ts`.

import { readFileSync, writeFileSync } from "node:fs";

const read = (name: string) => readFileSync(new URL(name, import.meta.url), "utf8");
const lines = `${read("./spaces.py")}${read("./bridge.py")}`.split("\n");
const text = `// Made from spaces.py and bridge.py by embed-bridge.ts.

export const bridgeSource = [
${lines.map((line) => `  ${JSON.stringify(line)},`).join("\n")}
].join("\\n");
`;
writeFileSync(new URL("./bridge.generated.ts", import.meta.url), text);
