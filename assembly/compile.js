// Compiles the kernels and writes them, as base64, into the TypeScript modules that the engines load: bundlers,
// browsers and Node all take them without fetching a file. Run it with `npm run build:wasm` after changing a kernel.
// The wasm engine gets all of them, over shared memory; the onnxruntime engine, whose tensors cannot live in shared
// memory, gets the optimiser's over memory of its own. Random streams and the acting policy get theirs.

import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const here = fileURLToPath(new URL(".", import.meta.url));

const shared = ["--sharedMemory", "--initialMemory", "1", "--maximumMemory", "65536", "--enable", "threads"];

/** Each module: its source, the flags of its own, and where it goes. */
export const modules = [
  { entry: "index.ts", flags: shared, target: "src/engines/wasm/kernels.generated.ts" },
  { entry: "optimiser.ts", flags: [], target: "src/engines/onnxruntime/optimiser.generated.ts" },
  { entry: "philox.ts", flags: [], target: "src/random/philox.generated.ts" },
  { entry: "acting.ts", flags: [], target: "src/agent/acting.generated.ts" },
];

const common = [
  ["--optimizeLevel", "3"],
  ["--shrinkLevel", "0"],
  ["--noAssert"],
  ["--enable", "simd"],
  ["--runtime", "stub"],
  ["--importMemory"],
  ["--baseDir", here],
  ["--outFile", "kernels.wasm"],
].flat();

/** The compiled module's bytes. */
export async function compile({ entry, flags } = modules[0]) {
  let bytes;
  const { error, stderr } = await asc.main([entry, ...common, ...flags], {
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
  for (const module of modules) {
    const bytes = await compile(module);
    await writeFile(new URL(`../${module.target}`, import.meta.url), moduleText(bytes));
    console.log(`${module.entry}: ${bytes.length} bytes`);
  }
}
