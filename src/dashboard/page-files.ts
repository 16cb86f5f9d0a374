// The built page in memory: a handful of files, each packed once. A request names one of them or nothing; no request
// ever becomes a path of the file system.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { TemperedError } from "../errors.ts";

export class PageError extends TemperedError {}

export interface PageFile {
  readonly type: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly packed: Uint8Array<ArrayBuffer>;
  /** Its name changes with its content. */
  readonly hashed: boolean;
}

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** Where the package keeps a built page, such as "watch". */
export function builtPage(name: string): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json")) && folder !== dirname(folder)) folder = dirname(folder);
  return join(folder, "dist", "web", name);
}

/** @throws PageError `PAGE_NOT_BUILT` where the folder has no index.html */
export function pageFiles(folder: string): ReadonlyMap<string, PageFile> {
  const files = new Map<string, PageFile>();
  if (!existsSync(join(folder, "index.html"))) {
    const message = `Expected the built page in ${folder}, but there is none. In a checkout build it first: npx vite build web/watch`;
    throw new PageError("PAGE_NOT_BUILT", message);
  }
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const type = TYPES[extname(entry.name)];
    if (!entry.isFile() || type === undefined) continue;
    const path = join(entry.parentPath, entry.name);
    const bytes = new Uint8Array(readFileSync(path));
    const url = path.slice(folder.length).replaceAll("\\", "/");
    const file = { type, bytes, packed: new Uint8Array(gzipSync(bytes)), hashed: url.startsWith("/assets/") };
    files.set(url === "/index.html" ? "/" : url, file);
  }
  return files;
}
