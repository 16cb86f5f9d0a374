// The game as a static page. `npm run game` serves it while one works on it.

import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";

const here = fileURLToPath(new URL(".", import.meta.url));

/** What package.json's "browser" does for those who install tempered: what only Node runs stays out. */
function forBrowsers(): Plugin {
  const EMPTY = "\0node-only";
  return {
    name: "for-browsers",
    enforce: "pre",
    resolveId(id, importer) {
      if (id.endsWith(".node.ts")) return EMPTY;
      return id.endsWith("/onnxruntime/index.ts")
        ? this.resolve(id.replace("index.ts", "absent.ts"), importer)
        : null;
    },
    load: (id) => (id === EMPTY ? "export {};" : null),
  };
}

export default defineConfig({
  root: here,
  base: "./",
  clearScreen: false,
  plugins: [forBrowsers()],
  worker: { format: "es", plugins: () => [forBrowsers()] },
  // Rapier carries its WebAssembly in itself.
  build: { target: "es2023", chunkSizeWarningLimit: 3000, outDir: "dist", emptyOutDir: true },
});
