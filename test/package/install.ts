// The package as its users get it: packed, installed into empty projects from the registry, compiled against by strict
// TypeScript that checks our declarations too, and run on every Node that we promise. It wants `npm run build` before.
//
//   npx tsx test/package/install.ts [--node 20,22,24]

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = fileURLToPath(new URL("../..", import.meta.url));
const { values } = parseArgs({ options: { node: { type: "string", default: "20,22,24" } } });
const nodes = values.node.split(",");
const { exports, devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

/** As `npm create vite` and Node's own guide have them, but stricter: no declaration of ours goes unchecked. */
const strict = {
  target: "es2022",
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: false,
  outDir: "out",
};
const projects = {
  nodenext: { module: "nodenext", types: ["node"] },
  bundler: { module: "esnext", moduleResolution: "bundler", types: ["node"] },
  page: { module: "esnext", moduleResolution: "bundler", types: [], lib: ["es2022", "dom"], noEmit: true },
};

const scratch = mkdtempSync(join(tmpdir(), "tempered-package-"));
process.on("exit", () => rmSync(scratch, { recursive: true, force: true }));

/** @returns what it printed */
function run(command: string, args: readonly string[], cwd: string): string {
  // Windows finds npm by its shell alone.
  return execFileSync(command, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
}

function install(directory: string, packages: readonly string[]): void {
  const quiet = ["--prefer-offline", "--no-audit", "--no-fund", "--loglevel", "error"];
  run("npm", ["install", ...quiet, ...packages], directory);
}

function makeDirectory(name: string): string {
  const directory = join(scratch, name);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, "package.json"), JSON.stringify({ private: true, type: "module" }));
  return directory;
}

run("npm", ["pack", "--ignore-scripts", "--loglevel", "error", "--pack-destination", scratch], root);
const { name, version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const tarball = join(scratch, `${name}-${version}.tgz`);

const tools = makeDirectory("nodes");
const platform = `${process.platform}-${process.arch}`;
install(
  tools,
  nodes.map((major) => `node${major}@npm:node-${platform}@${major}`),
);
const nodeOf = (major: string) => join(tools, "node_modules", `node${major}`, "bin", "node");

const installed = makeDirectory("installed");
const typescript = devDependencies.typescript;
const types = devDependencies["@types/node"];
install(installed, [tarball, `typescript@${typescript}`, `@types/node@${types}`]);

const entries = Object.keys(exports).filter((entry) => entry !== "./package.json");
const everyEntry = entries.map((entry, i) => `export * as entry${i} from "${entry.replace(".", name)}";\n`);

for (const [kind, options] of Object.entries(projects)) {
  const project = join(installed, kind);
  mkdirSync(project);
  cpSync(join(root, "test/package/program"), project, { recursive: true });
  writeFileSync(join(project, "entries.ts"), everyEntry.join(""));
  // A page has neither files nor `console` of Node's; what it can do with them is tested with a browser.
  const files = ["entries.ts", "main.ts"];
  writeFileSync(
    join(project, "tsconfig.json"),
    JSON.stringify({ compilerOptions: { ...strict, ...options }, files }),
  );
  writeFileSync(join(project, "package.json"), JSON.stringify({ private: true, type: "module" }));
  run(process.execPath, [join(installed, "node_modules/typescript/bin/tsc"), "-p", project], project);
  console.log(`${kind}: ${entries.length} entries compile`);
  if (kind === "page") continue;
  for (const major of nodes) {
    const seconds = performance.now() / 1000;
    const result = JSON.parse(run(nodeOf(major), ["out/main.js"], project));
    assert.equal(result.reports, 5);
    assert.equal(result.steps, 2000);
    assert.equal(result.isSame, true);
    assert.ok(result.trained > -30, `expected a mean return above −30, got ${result.trained}`);
    assert.ok(result.trained > result.untrained);
    const took = (performance.now() / 1000 - seconds).toFixed(1);
    console.log(
      `${kind}, Node ${major}: trained to ${result.trained.toFixed(1)} from ${result.untrained.toFixed(1)}, saved, loaded, predicted in ${took} s`,
    );
  }
}

for (const major of nodes) {
  const cli = join(installed, "node_modules", name, "dist/cli/main.js");
  assert.equal(run(nodeOf(major), [cli, "--version"], installed).trim(), version);
}
