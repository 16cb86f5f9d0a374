// The lab as a static site: every address relative, so that it works from any folder of any file host, and a policy
// in the page itself that lets nothing be sent anywhere.

import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";
import { PLOT_SCRIPT } from "../../src/doctor/report/plot-script.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The doctor's report runs in a frame of this page and under its policy, so its one script is named by its hash. */
const report = `'sha256-${createHash("sha256").update(PLOT_SCRIPT).digest("base64")}'`;
const POLICY = [
  "default-src 'none'",
  `script-src 'self' 'wasm-unsafe-eval' ${report}`,
  "worker-src 'self' blob:",
  "style-src 'self' 'unsafe-inline'",
  "img-src data: blob:",
  "frame-src 'self'",
].join("; ");

export default defineConfig({
  root: here("."),
  base: "./",
  clearScreen: false,
  plugins: [leaveOutNode(), policy()],
  worker: { format: "es", plugins: () => [leaveOutNode()] },
  build: {
    outDir: here("../../dist/lab"),
    emptyOutDir: true,
    target: "es2023",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
  },
});

/** Files named *.node.ts are for Node alone and never reached in a browser. */
function leaveOutNode(): Plugin {
  const EMPTY = "\0node-only";
  return {
    name: "leave-out-node",
    enforce: "pre",
    resolveId: (id) => (id.endsWith(".node.ts") ? EMPTY : null),
    load: (id) => (id === EMPTY ? "export {};" : null),
  };
}

function policy(): Plugin {
  return {
    name: "content-security-policy",
    apply: "build",
    transformIndexHtml: () => [
      {
        tag: "meta",
        attrs: { "http-equiv": "Content-Security-Policy", content: POLICY },
        injectTo: "head-prepend",
      },
    ],
  };
}
