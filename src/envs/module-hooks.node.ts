// What Node lacks for an environment that somebody wrote as they like: TypeScript where Node does not strip types itself (or
// not that syntax), imports of TypeScript without its extension, and `tempered/envs` from a clone, which nobody installed.

import { readFileSync } from "node:fs";
import { register } from "node:module";

/** The package's code: built, or the sources that run just now. */
const ours = new URL("../", import.meta.url);
/** Where package.json looks for it. */
const BUILT = "./dist/";

let registered = false;

/** From now on, imports of this process understand all that. Costs a tenth of a second, so: where it is needed. */
export function registerModuleHooks(): void {
  if (registered) return;
  registered = true;
  register(`data:text/javascript,${encodeURIComponent(HOOKS)}`, {
    data: {
      own: ownEntries(),
      ours: ours.href,
      stripper: import.meta.resolve("@swc/wasm-typescript"),
    },
  });
}

/** Where the package's entries are. */
function ownEntries(): Readonly<Record<string, string>> {
  const root = new URL("../../", import.meta.url);
  const { name, exports } = JSON.parse(readFileSync(new URL("package.json", root), "utf8")) as {
    readonly name: string;
    readonly exports: Readonly<Record<string, string | { readonly default: string }>>;
  };
  const isBuilt = new URL(import.meta.url).pathname.endsWith(".js");
  return Object.fromEntries(
    Object.entries(exports).map(([entry, target]) => {
      const built = typeof target === "string" ? target : target.default;
      const path = isBuilt ? built : built.replace(/\.js$/, ".ts");
      const url = path.startsWith(BUILT) ? new URL(path.slice(BUILT.length), ours) : new URL(path, root);
      return [entry.replace(".", name), url.href];
    }),
  );
}

/** Runs in a thread of Node's own. Every URL of TypeScript gets a mark, so that what failed without hooks is tried anew. */
const HOOKS = String.raw`
let own, ours, stripper;
export function initialize(data) { ({ own, ours, stripper } = data); }

export async function resolve(specifier, context, next) {
  const resolved = await first([specifier, ...others(specifier)], (each) => next(each, context));
  return isTypeScript(resolved.url) ? { ...resolved, url: resolved.url + "?tempered" } : resolved;
}

function others(specifier) {
  if (own[specifier]) return [own[specifier]];
  if (!/^[./]|^file:/.test(specifier)) return [];
  return [specifier.replace(/\.([mc]?)js$/, ".$1ts"), specifier + ".ts", specifier + "/index.ts"];
}

async function first(candidates, attempt) {
  let error;
  for (const candidate of candidates) {
    try { return await attempt(candidate); } catch (thrown) { error ??= thrown; }
  }
  throw error;
}

const isTypeScript = (url) => /^file:.*\.m?ts$/.test(url) && !url.includes("/node_modules/") && !url.startsWith(ours);

export async function load(url, context, next) {
  if (!/^file:.*\.m?ts\?tempered$/.test(url)) return next(url, context);
  const { readFile } = await import("node:fs/promises");
  const { fileURLToPath } = await import("node:url");
  const { transformSync } = (await import(stripper)).default;
  const filename = fileURLToPath(url);
  const source = await readFile(filename, "utf8");
  const stripped = await first(["strip-only", "transform"], async (mode) => {
    try { return transformSync(source, { mode, filename, module: true }).code; }
    catch (problem) { throw new SyntaxError(typeof problem === "string" ? problem : (problem.message ?? String(problem))); }
  });
  return { format: "module", source: stripped, shortCircuit: true };
}
`;
