// Who is let in, and what nobody gets: asked with raw requests, as browsers would not let a test lie about its host.

import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { type IncomingMessage, request } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Dashboard, startDashboard } from "../../src/dashboard/server.ts";
import { makeRun, story, temporary, write } from "./harness.ts";

const place = temporary();
const page = join(place.path, "page");
const runs = join(place.path, "runs");
const SECRET = "0.123456";
let dashboard: Dashboard;

beforeAll(async () => {
  mkdirSync(join(page, "assets"), { recursive: true });
  writeFileSync(join(page, "index.html"), "<!doctype html><title>page</title>");
  writeFileSync(join(page, "assets", "app.js"), "export {};");
  mkdirSync(join(place.path, "outside"));
  writeFileSync(
    join(place.path, "outside", "progress.csv"),
    `train/ent_coef,train/ent_coef_loss\n${SECRET},-1\n`,
  );
  using run = await makeRun(join(runs, "first"));
  write(run, story({ rows: 30 }));
  symlinkSync(join(place.path, "outside"), join(runs, "directory-link"));
  mkdirSync(join(runs, "second"));
  symlinkSync(join(place.path, "outside", "progress.csv"), join(runs, "second", "progress.csv"));
  dashboard = await startDashboard({ folder: runs, port: 0, page });
});

afterAll(async () => {
  await dashboard.close();
  place.remove();
});

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly text: string;
}

function ask(
  path: string,
  headers: Record<string, string> = {},
  port = dashboard.port,
  method = "GET",
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(
      { host: "127.0.0.1", port, path, method, headers, setHost: !("Host" in headers) },
      (answer) => {
        let text = "";
        const done = () => resolve({ status: answer.statusCode!, headers: answer.headers, text });
        answer.setEncoding("utf8");
        answer.on("data", (chunk) => {
          text += chunk;
          // The stream of events has no end: its first event is enough.
          if (!text.includes("event: hello") || !text.endsWith("\n\n")) return;
          asked.destroy();
          done();
        });
        answer.on("end", done);
      },
    );
    asked.on("error", reject);
    asked.end();
  });
}

async function events(): Promise<string> {
  await ask("/api/events");
  await new Promise((resolve) => setTimeout(resolve, 500));
  return (await ask("/api/events")).text;
}

describe("the host", () => {
  it.each(["127.0.0.1", "localhost", "[::1]", "localhost:9000"])("%s is this machine", async (host) => {
    expect((await ask("/", { Host: host })).status).toBe(200);
  });

  it.each([
    "evil.example",
    "evil.example:7777",
    "127.0.0.1.evil.example",
    "localhost.evil.example",
    "",
    "192.168.1.7",
  ])("%s is refused", async (host) => {
    for (const path of ["/", "/api/events", "/api/runs/x"]) {
      const { status, text } = await ask(path, { Host: host });
      expect([400, 403]).toContain(status);
      expect(text).not.toContain("event:");
    }
  });
});

describe("another page", () => {
  it.each(["http://evil.example", "null", "http://localhost:1", "http://127.0.0.1:1"])(
    "at %s is refused",
    async (Origin) => {
      expect((await ask("/api/events", { Origin })).status).toBe(403);
    },
  );

  it("is refused where the browser says that it asked", async () => {
    expect(
      (await ask("/api/events", { "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors" })).status,
    ).toBe(403);
    expect(
      (await ask("/assets/app.js", { "Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors" })).status,
    ).toBe(403);
  });

  it("may link here", async () => {
    expect((await ask("/", { "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate" })).status).toBe(
      200,
    );
  });

  it("changes nothing: only reading is known", async () => {
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) {
      expect((await ask("/api/runs/x", {}, dashboard.port, method)).status).toBe(405);
    }
  });
});

describe("paths", () => {
  it.each([
    "/../outside/progress.csv",
    "/assets/../../outside/progress.csv",
    "/%2e%2e/outside/progress.csv",
    "/..%2foutside%2fprogress.csv",
    "/%252e%252e%252foutside/progress.csv",
    "/assets/..%5c..%5coutside%5cprogress.csv",
    "//etc/passwd",
    "/etc/passwd",
    "/first/metrics.jsonl",
    "/runs/first/run.json",
    "/index.html%00.js",
    "/api/runs/..%2f..%2foutside",
    "/api/runs/%2e%2e%2f%2e%2e%2foutside%2fprogress.csv",
    "/api/runs/directory-link%2fprogress.csv",
    "/api/runs/__proto__",
  ])("%s leads nowhere", async (path) => {
    const { status, text } = await ask(path);
    expect([400, 404]).toContain(status);
    expect(text).not.toContain(SECRET);
    expect(text).not.toMatch(/root:|ent_coef/);
  });

  it("of links that leave the folder are not among the runs", async () => {
    const told = await events();
    expect(told).toContain('"name":"first"');
    expect(told).not.toContain("directory-link");
    expect(told).not.toContain('"name":"second"');
    expect(told).not.toContain(SECRET);
  });
});

describe("every answer", () => {
  it.each(["/", "/assets/app.js", "/nothing", "/api/runs/x"])(
    "such as %s carries the policy",
    async (path) => {
      const { headers } = await ask(path);
      expect(headers["content-security-policy"]).toContain("default-src 'none'");
      expect(headers["content-security-policy"]).toContain("script-src 'self';");
      expect(headers["content-security-policy"]).not.toContain("unsafe");
      expect(headers["x-content-type-options"]).toBe("nosniff");
      expect(headers["access-control-allow-origin"]).toBeUndefined();
    },
  );
});

describe("the token", () => {
  let guarded: Dashboard;
  beforeAll(async () => {
    guarded = await startDashboard({ folder: runs, port: 0, page, host: "0.0.0.0", token: "correct horse" });
  });
  afterAll(() => guarded.close());

  it("is demanded beyond this machine, and must not be short", async () => {
    await expect(startDashboard({ folder: runs, port: 0, page, host: "0.0.0.0" })).rejects.toMatchObject({
      code: "DASHBOARD_TOKEN",
    });
    await expect(
      startDashboard({ folder: runs, port: 0, page, host: "0.0.0.0", token: "short" }),
    ).rejects.toMatchObject({
      code: "DASHBOARD_TOKEN",
    });
  });

  it("opens nothing where it is missing or wrong", async () => {
    for (const path of ["/", "/api/events", "/assets/app.js", "/?token=wrong%20horse", "/?token="]) {
      expect((await ask(path, {}, guarded.port)).status).toBe(401);
    }
    expect((await ask("/", { Authorization: "Bearer wrong horse" }, guarded.port)).status).toBe(401);
  });

  it("in the address becomes a cookie, or stands in a header", async () => {
    const first = await ask("/?token=correct%20horse", {}, guarded.port);
    expect(first.status).toBe(302);
    expect(first.headers.location).toBe("/");
    const cookie = first.headers["set-cookie"]![0]!;
    expect(cookie).toMatch(/HttpOnly/);
    expect(cookie).toMatch(/SameSite=Strict/);
    expect((await ask("/", { Cookie: cookie.split(";")[0]! }, guarded.port)).status).toBe(200);
    expect((await ask("/", { Authorization: "Bearer correct horse" }, guarded.port)).status).toBe(200);
  });

  it("goes with addresses, not with names that anybody may give this machine", async () => {
    const Authorization = "Bearer correct horse";
    expect((await ask("/", { Authorization, Host: "192.168.1.7:7777" }, guarded.port)).status).toBe(200);
    expect((await ask("/", { Authorization, Host: "evil.example" }, guarded.port)).status).toBe(403);
  });
});

it("folders that are none, and ports that are taken, are told in one sentence", async () => {
  await expect(startDashboard({ folder: join(runs, "nowhere"), port: 0, page })).rejects.toMatchObject({
    code: "DASHBOARD_FOLDER",
  });
  await expect(startDashboard({ folder: runs, port: dashboard.port, page })).rejects.toMatchObject({
    code: "DASHBOARD_PORT",
  });
  await expect(startDashboard({ folder: runs, port: 0, page: runs })).rejects.toMatchObject({
    code: "PAGE_NOT_BUILT",
  });
});
