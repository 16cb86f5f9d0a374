// Compiles the kernels and writes them, as text, into the TypeScript modules that the engines load: bundlers,
// browsers and Node all take them without fetching a file. Run it with `npm run build:wasm` after changing a kernel.
// The wasm engine gets all of them, over shared memory, compressed, in a module for each arithmetic (multiply-add.ts): nobody
// fetches the other one. The onnxruntime engine, whose tensors cannot live in shared memory, gets the
// optimiser's over memory of its own. Random streams and the acting policy get theirs.

import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { deflateSync } from "node:zlib";
import asc from "assemblyscript/asc";

const here = fileURLToPath(new URL(".", import.meta.url));

const imported = ["--importMemory"];
const shared = [...imported, "--sharedMemory", "--initialMemory", "1", "--maximumMemory", "65536", "--enable", "threads"];

/** What the two arithmetics are compiled with. */
const portable = ["--use", "FUSED=0", "--use", "MASKS=0"];
const fused = ["--use", "FUSED=1", "--enable", "relaxed-simd"];

/** Modules that are written as they are: the source, the flags of its own, and where it goes. */
export const modules = [
  { entry: "fused-probe.ts", flags: [...fused, "--noExportMemory"], target: "src/engines/wasm/fused-probe.generated.ts" },
  { entry: "optimiser.ts", flags: imported, target: "src/engines/onnxruntime/optimiser.generated.ts" },
  { entry: "philox.ts", flags: imported, target: "src/random/philox.generated.ts" },
  { entry: "acting.ts", flags: imported, target: "src/agent/acting.generated.ts" },
];

/** All kernels of the wasm engine, in either arithmetic; written compressed. Those for products with a mask are apart: pages seldom have any. */
export const kernels = {
  portable: { entry: "index.ts", flags: [...shared, ...portable], target: "src/engines/wasm/portable-kernels.generated.ts" },
  fused: { entry: "index.ts", flags: [...shared, ...fused, "--use", "MASKS=0"], target: "src/engines/wasm/fused-kernels.generated.ts" },
  masks: { entry: "fused.ts", flags: [...shared, ...fused, "--use", "MASKS=1"], target: "src/engines/wasm/mask-kernels.generated.ts" },
};

const common = [
  ["--optimizeLevel", "3"],
  ["--shrinkLevel", "1"],
  ["--noAssert"],
  ["--enable", "simd"],
  ["--runtime", "stub"],
  ["--baseDir", here],
  ["--outFile", "kernels.wasm"],
].flat();

/** The compiled module's bytes. */
export async function compile({ entry, flags }) {
  let bytes;
  const { error, stderr } = await asc.main([entry, ...common, ...flags], {
    writeFile: (name, contents) => {
      if (name.endsWith(".wasm")) bytes = contents;
    },
  });
  if (error) throw new Error(`Expected the kernels to compile:\n${stderr.toString()}`, { cause: error });
  return bytes;
}

/** The text of a generated module that holds one compiled module, in hexadecimal, which a server's gzip makes smallest. */
export function moduleText(bytes) {
  return generated(bytes, "hex");
}

/** The text of a generated module that holds one compiled module, compressed by zlib. */
export function packedText(bytes) {
  return generated(deflateSync(bytes, { level: 9 }), "base64");
}

function generated(bytes, encoding) {
  const text = Buffer.from(bytes).toString(encoding);
  return `// Written by assembly/compile.js. Do not edit.\nexport const kernels =\n  "${text}";\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const write = async (target, text) => {
    await writeFile(new URL(`../${target}`, import.meta.url), text);
    console.log(`${target}: ${text.length} bytes`);
  };
  for (const module of modules) await write(module.target, moduleText(await compile(module)));
  for (const module of Object.values(kernels)) await write(module.target, packedText(await compile(module)));
}
