// The lab as a static site: every address relative, so that it works from any folder of any file host, and a policy
// in the page itself that lets nothing be sent anywhere.

import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
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
  worker: { format: "es", plugins: () => [leaveOutNode(), workerLicenses()] },
  build: {
    outDir: here("../../dist/lab"),
    emptyOutDir: true,
    // What is bundled asks for its texts to go with it.
    license: { fileName: "LICENSES.md" },
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

/** What Vite's own list leaves out: packages in the workers' bundles. */
function workerLicenses(): Plugin {
  return {
    name: "worker-licenses",
    generateBundle(_, bundle) {
      const modules = Object.values(bundle).flatMap((file) => (file.type === "chunk" ? file.moduleIds : []));
      const folders = modules.flatMap((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id)?.[0] ?? []);
      const texts = [...new Set(folders)].sort().map((folder) => {
        const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
        const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
        return `## ${name} - ${version} (${license})\n\n${file ? readFileSync(join(folder, file), "utf8") : ""}\n`;
      });
      if (texts.length === 0) return;
      const fileName = `LICENSES-${Object.values(bundle)[0]!.fileName.replace(/^.*\/(\w+)-.*$/, "$1")}.md`;
      this.emitFile({ type: "asset", fileName, source: texts.join("\n") });
    },
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
