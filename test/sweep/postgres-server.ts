// A PostgreSQL of the test's own: Debian's programs, a fresh cluster in a temporary directory, a free port, a user of its own
// where the test runs as root, whom PostgreSQL refuses.

import { execFileSync } from "node:child_process";
import {
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const DEBIAN = "/usr/lib/postgresql";
const PASSWORD = "secret";

/** Where PostgreSQL's programs are; undefined where they are not installed. */
export function postgresPrograms(): string | undefined {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a)) : [];
  return versions
    .map((version) => join(DEBIAN, version, "bin"))
    .find((bin) => existsSync(join(bin, "initdb")));
}

export interface PostgresServer {
  readonly url: string;
  readonly port: number;
  /** As a machine that goes down and comes back. */
  restart(): Promise<void>;
  /** @param sql statements @returns rows as text, one a line */
  sql(sql: string): string;
  stop(): void;
}

export async function startPostgres(): Promise<PostgresServer> {
  const bin = postgresPrograms()!;
  const directory = mkdtempSync(join(tmpdir(), "tempered-postgres-"));
  const user = unprivileged();
  if (user) chownSync(directory, user.uid, user.gid);
  const data = join(directory, "data");
  const passwordFile = join(directory, "password");
  writeFileSync(passwordFile, PASSWORD, { mode: 0o644 });
  const as = { ...user, cwd: directory, stdio: "ignore" } as const;
  const port = await freePort();
  const cluster = [
    "-D",
    data,
    "-U",
    "tempered",
    "-A",
    "scram-sha-256",
    "--pwfile",
    passwordFile,
    "--no-sync",
  ];
  execFileSync(join(bin, "initdb"), cluster, as);
  const options = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=${directory}`;
  const control = (...args: string[]) =>
    execFileSync(join(bin, "pg_ctl"), ["-D", data, "-w", "-l", join(directory, "log"), ...args], as);
  control("-o", options, "start");
  const url = `postgres://tempered:${PASSWORD}@127.0.0.1:${port}/postgres`;
  const stop = () => {
    control("-m", "immediate", "stop");
    rmSync(directory, { recursive: true, force: true });
  };
  return {
    url,
    port,
    // Without asking the sessions, and with a pause in which nobody answers.
    async restart() {
      control("-m", "immediate", "stop");
      await new Promise((resolve) => setTimeout(resolve, 1500));
      control("-o", options, "start");
    },
    sql: (sql) => execFileSync(join(bin, "psql"), ["-At", "-c", sql, url], { encoding: "utf8" }).trim(),
    stop,
  };
}

function unprivileged(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const line = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .find((each) => each.startsWith("postgres:"));
  const [, , uid, gid] = (line ?? "").split(":").map(Number);
  if (uid === undefined || gid === undefined || Number.isNaN(uid)) {
    throw new Error("Expected a user postgres to run the server as, found none in /etc/passwd");
  }
  return { uid, gid };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
