// Compiles the kernels and writes them, as base64, into the TypeScript module that the wasm engine loads: bundlers,
// browsers and Node all take it without fetching a file. Run it with `npm run build:wasm` after changing a kernel.

import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const here = fileURLToPath(new URL(".", import.meta.url));
const target = new URL("../src/engines/wasm/kernels.generated.ts", import.meta.url);

const options = [
  ["--optimizeLevel", "3"],
  ["--shrinkLevel", "0"],
  ["--noAssert"],
  ["--enable", "simd"],
  ["--enable", "threads"],
  ["--runtime", "stub"],
  ["--importMemory"],
  ["--sharedMemory"],
  ["--initialMemory", "1"],
  ["--maximumMemory", "65536"],
  ["--baseDir", here],
  ["--outFile", "kernels.wasm"],
].flat();

/** The compiled module's bytes. */
export async function compile() {
  let bytes;
  const { error, stderr } = await asc.main(["index.ts", ...options], {
    writeFile: (name, contents) => {
      if (name.endsWith(".wasm")) bytes = contents;
    },
  });
  if (error) throw new Error(`Expected the kernels to compile:\n${stderr.toString()}`, { cause: error });
  return bytes;
}

/** The generated module's text. */
export function moduleText(bytes) {
  return `// Written by assembly/compile.js. Do not edit.\nexport const kernels =\n  "${Buffer.from(bytes).toString("base64")}";\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const bytes = await compile();
  await writeFile(target, moduleText(bytes));
  console.log(`${bytes.length} bytes`);
}
