// `tempered lab`'s server: only the built files, only for this machine.

import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { portOf } from "../../src/cli/lab/port.ts";
import { labSite } from "../../src/cli/lab/site.ts";

const root = mkdtempSync(join(tmpdir(), "tempered-site-"));
const built = join(root, "lab");
mkdirSync(join(built, "assets"), { recursive: true });
writeFileSync(join(root, "secret.txt"), "secret");
writeFileSync(join(built, "index.html"), "<!doctype html>");
writeFileSync(join(built, "assets", "a.js"), "1");
symlinkSync(join(root, "secret.txt"), join(built, "link.txt"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const site = labSite(built);
const get = (path: string, host = "127.0.0.1:7370") =>
  site.request(`http://${host}${path}`, { headers: { host } });

it("serves the page cross-origin isolated", async () => {
  const page = await get("/");
  expect(page.status).toBe(200);
  expect(page.headers.get("content-type")).toContain("text/html");
  expect(page.headers.get("cross-origin-opener-policy")).toBe("same-origin");
  expect(page.headers.get("cross-origin-embedder-policy")).toBe("require-corp");
  expect((await get("/assets/a.js")).headers.get("content-type")).toContain("javascript");
});

it("serves nothing else, however it is asked", async () => {
  const paths = ["/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/assets/../../secret.txt"];
  for (const path of [...paths, "/link.txt", "//secret.txt", "/assets", "/%00"]) {
    expect((await get(path)).status, path).toBe(404);
  }
});

it("answers to no other name than its own", async () => {
  expect((await get("/", "evil.example")).status).toBe(403);
  expect((await get("/", "localhost:7370")).status).toBe(200);
});

it("says how to build what is missing", () => {
  expect(() => labSite(join(root, "nowhere"))).toThrow(/npm run build:lab/);
});

it("takes a port and nothing else", () => {
  expect(portOf("8080")).toBe(8080);
  for (const text of ["", "x", "-1", "65536", "1.5"]) expect(() => portOf(text)).toThrow(/Expected a port/);
});
