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
const STARTING_SECONDS = 60;

/** PostgreSQL's codes: it is starting; it has ended a deadlock by refusing this one. */
const STARTING = "57P03";
const DEADLOCK = "40P01";

type Failure = Error & { readonly code?: string };

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
    const reached = pool;
    await patiently(
      () => reached.query("SELECT 1"),
      ({ code }) => code === STARTING,
      STARTING_SECONDS,
    );
  } catch (error) {
    await pool?.end();
    throw unreachable(url, error as Failure);
  }
  const connected = pool;
  return {
    async executeSql(text, values) {
      const ask = async () => {
        try {
          return await connected.query(text, values);
        } catch (error) {
          // What came with a BEGIN of its own leaves the connection in a transaction that has failed.
          if ((error as Failure).code === DEADLOCK) await connected.query("ROLLBACK");
          throw error;
        }
      };
      const result = await patiently(ask, passesByItself, PATIENCE);
      return Array.isArray(result) ? { rows: [] } : result;
    },
    close: () => connected.end(),
  };
}

/** Asks again for so many seconds, while what goes wrong passes by itself. */
async function patiently<T>(
  ask: () => Promise<T>,
  passes: (error: Failure) => boolean,
  seconds: number,
): Promise<T> {
  const end = Date.now() + 1000 * seconds;
  for (let wait = 100; ; wait = Math.min(2 * wait, 5000)) {
    try {
      return await ask();
    } catch (error) {
      if (!passes(error as Failure) || Date.now() > end) throw error;
      await new Promise((done) => setTimeout(done, wait));
    }
  }
}

/** Whether the server restarts, the connection was cut, or one of several who waited for each other was sent back. */
function passesByItself({ code, message }: Failure): boolean {
  return (
    code === DEADLOCK ||
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

function unreachable(url: string, error: Failure): DatabaseError {
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
