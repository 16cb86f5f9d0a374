// The built lab as a web server: the files are read once, and only those are ever served, so no address can reach
// another. Pages are cross-origin isolated, which lets the engine share memory between threads.

import { readdirSync, readFileSync } from "node:fs";
import { extname, join, relative, sep } from "node:path";
import { Hono } from "hono";
import { TemperedError } from "../../errors.ts";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".wasm": "application/wasm",
  ".svg": "image/svg+xml",
};

const HEADERS = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-resource-policy": "same-origin",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
} as const;

const LOCAL = /^(?:127\.0\.0\.1|localhost)(?::\d+)?$/;

/**
 * @param directory that of the built lab
 * @throws TemperedError (LAB_MISSING) where nothing is built there
 */
export function labSite(directory: string): Hono {
  const files = filesIn(directory);
  const site = new Hono();
  site.get("*", (context) => {
    // Another name that resolves to this machine is somebody's attempt to read the page through a browser.
    if (!LOCAL.test(context.req.header("host") ?? "")) return context.text("Unknown host", 403);
    const path = new URL(context.req.url).pathname;
    const file = files.get(path === "/" ? "/index.html" : path);
    if (!file) return context.text("Not found", 404, HEADERS);
    const hashed = path.startsWith("/assets/");
    return context.body(file.bytes, 200, {
      ...HEADERS,
      "content-type": file.type,
      "cache-control": hashed ? "public, max-age=31536000, immutable" : "no-cache",
    });
  });
  return site;
}

function filesIn(directory: string): Map<string, { bytes: Uint8Array<ArrayBuffer>; type: string }> {
  try {
    const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    const served = new Map(
      files.map((file) => [
        `/${relative(directory, file).split(sep).join("/")}`,
        {
          bytes: new Uint8Array(readFileSync(file)),
          type: TYPES[extname(file)] ?? "application/octet-stream",
        },
      ]),
    );
    if (served.has("/index.html")) return served;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  throw new TemperedError(
    "LAB_MISSING",
    `Expected the built lab in ${directory}, but it is not there; build it with: npm run build:lab`,
  );
}
