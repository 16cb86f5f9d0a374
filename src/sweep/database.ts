// The PostgreSQL that many machines reach. pg-boss, which runs the queue in it, is optional; where it is missing, that is
// told with the line that installs it.

import { createRequire } from "node:module";
import { TemperedError } from "../errors.ts";

/** A row of a table, by column. */
// biome-ignore lint/suspicious/noExplicitAny: what a row holds is known to whoever wrote the statement
export type Row = Record<string, any>;

/** What pg-boss asks of a database. */
export interface Database {
  executeSql(text: string, values?: unknown[]): Promise<{ rows: Row[] }>;
  close(): Promise<void>;
}

/** A database that cannot be used. Codes: PEER_MISSING, DATABASE. */
export class DatabaseError extends TemperedError {}

interface Pool {
  query(text: string, values?: unknown[]): Promise<{ rows: Row[] }>;
  on(event: "error", listener: (error: Error) => void): unknown;
  end(): Promise<void>;
}

/** Seconds for which a server that was reached once may be away. */
const PATIENCE = 600;
/** Seconds that a server may take to start. */
const STARTING = 60;

/**
 * @param url such as postgres://user:password@host/database
 * @throws DatabaseError where it cannot be reached
 */
export async function postgresDatabase(url: string): Promise<Database> {
  const { resolve } = createRequire(import.meta.url);
  const { Pool } = await peer(
    async () => createRequire(resolve("pg-boss"))("pg") as { Pool: new (options: object) => Pool },
    "pg-boss@10",
  );
  if (!/^postgres(ql)?:\/\//.test(url)) {
    throw new DatabaseError(
      "DATABASE",
      `Expected the address of a PostgreSQL, postgres://USER:PASSWORD@HOST:PORT/DATABASE, got ${JSON.stringify(url)}`,
    );
  }
  let pool: Pool | undefined;
  try {
    // One connection a worker, so that a thousand of them do not ask for more than a server has.
    pool = new Pool({
      connectionString: url,
      max: 1,
      connectionTimeoutMillis: 10_000,
      application_name: "tempered",
    });
    pool.on("error", () => {}); // The next query tells it.
    await greet(pool);
  } catch (error) {
    await pool?.end();
    throw unreachable(url, error as Error & { code?: string });
  }
  const connected = pool;
  return {
    async executeSql(text, values) {
      const end = Date.now() + 1000 * PATIENCE;
      for (let wait = 100; ; wait = Math.min(2 * wait, 5000)) {
        try {
          const result = await connected.query(text, values);
          return Array.isArray(result) ? { rows: [] } : result;
        } catch (error) {
          if (!isAway(error as Error & { code?: string }) || Date.now() > end) throw error;
          await new Promise((done) => setTimeout(done, wait));
        }
      }
    },
    close: () => connected.end(),
  };
}

/** A server that answers that it is starting is waited for. */
async function greet(pool: Pool): Promise<void> {
  for (const end = Date.now() + 1000 * STARTING; ; await new Promise((done) => setTimeout(done, 500))) {
    try {
      await pool.query("SELECT 1");
      return;
    } catch (error) {
      if ((error as { code?: string }).code !== "57P03" || Date.now() > end) throw error;
    }
  }
}

/** Whether the server is not there for the moment: restarting, or the connection was cut. */
function isAway({ code, message }: Error & { code?: string }): boolean {
  return (
    /^(57P0[123]|08\w{3}|ECONNREFUSED|ECONNRESET|EPIPE|ENOENT|ETIMEDOUT)$/.test(code ?? "") ||
    /Connection terminated|timeout exceeded when trying to connect/.test(message)
  );
}

const REMEDIES: Readonly<Record<string, string>> = {
  "28P01": "the password is wrong",
  "28000": "that user may not connect",
  "3D000": "there is no such database; make it with createdb",
  "53300": "it has no connections left; raise max_connections",
  "42501": "that user may not make a schema; grant CREATE on the database",
  ECONNREFUSED: "nothing listens there; is the server running, and the port right?",
  ENOTFOUND: "there is no such host",
  EAI_AGAIN: "there is no such host",
};

function unreachable(url: string, error: Error & { code?: string }): DatabaseError {
  const why = REMEDIES[error.code ?? ""] ?? "check the address: postgres://USER:PASSWORD@HOST:PORT/DATABASE";
  const told = error.message || error.code || "no answer";
  return new DatabaseError(
    "DATABASE",
    `Expected a PostgreSQL at ${withoutPassword(url)}, got: ${told}; ${why}`,
    { cause: error },
  );
}

/** A database's address as it may be shown. */
export function withoutPassword(url: string): string {
  return url.replace(/(\/\/[^:/@]*):[^@]*@/, "$1:…@");
}

export async function peer<T>(load: () => Promise<T>, name: string): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if (!/Cannot find (module|package)/.test((error as Error).message)) throw error;
    throw new DatabaseError(
      "PEER_MISSING",
      `Expected the package ${name.replace(/(?<=.)@.*/, "")}, which runs the queue of many machines; install it: npm install ${name}`,
      { cause: error },
    );
  }
}
