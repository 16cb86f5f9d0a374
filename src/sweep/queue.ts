// The queue of segments in a PostgreSQL, for many machines. It runs on pg-boss, whose jobs a worker that stays silent for
// longer than their expiry loses to another. A job is keyed by run and segment, so that nothing is there twice.

import { createHash } from "node:crypto";
import type PgBoss from "pg-boss";
import { ownVersion } from "../training/versions.ts";
import { type Database, DatabaseError, peer, postgresDatabase, withoutPassword } from "./database.ts";
import {
  keyOf,
  type QueueState,
  RETRY_LIMIT,
  type Segment,
  type SegmentQueue,
  type Taken,
} from "./segment-queue.ts";
import { StoredSegments } from "./stored-segments.ts";

/** Not "pgboss": the database may hold somebody else's. */
const SCHEMA = "tempered_sweep";
/** Of those who follow a study, who are few. */
const MAINTENANCE_SECONDS = 2;

/** How a queue is opened. */
export interface QueueOptions {
  /** Seconds between two offers to look for segments whose workers are silent; one of all who offer does it. Default 2 */
  readonly maintenance?: number;
}

/** Segments that wait for workers, in a database. */
export class Queue implements SegmentQueue {
  private readonly database: Database;
  private readonly boss: PgBoss;
  /** Workers of another version would compute other runs: each has its own. */
  private readonly name = `tempered-${ownVersion().replaceAll(".", "-")}`;

  private constructor(database: Database, boss: PgBoss) {
    this.database = database;
    this.boss = boss;
  }

  /**
   * @param url of a PostgreSQL
   * @throws DatabaseError (PEER_MISSING, DATABASE) with a remedy
   */
  static async open(url: string, { maintenance = MAINTENANCE_SECONDS }: QueueOptions = {}): Promise<Queue> {
    const { default: Boss } = await peer(() => import("pg-boss"), "pg-boss@10");
    const database = await postgresDatabase(url);
    const boss = new Boss({
      db: database,
      schema: SCHEMA,
      schedule: false,
      maintenanceIntervalSeconds: maintenance,
    });
    // A server that is away for a moment is waited for; what lasts is told by whoever asks next.
    boss.on("error", () => {});
    const queue = new Queue(database, boss);
    try {
      await boss.start();
      await queue.mustBeOfThisSchema();
      await boss.createQueue(queue.name, { name: queue.name, policy: "standard" });
    } catch (error) {
      await queue.close().catch(() => {});
      if (error instanceof DatabaseError) throw error;
      throw new DatabaseError(
        "DATABASE",
        `Expected a database at ${withoutPassword(url)} whose schema ${SCHEMA} can be used, got: ${(error as Error).message}; ` +
          `grant this user CREATE, or remove what is there with DROP SCHEMA ${SCHEMA} CASCADE (the studies' directories keep all results)`,
        { cause: error },
      );
    }
    return queue;
  }

  private async mustBeOfThisSchema(): Promise<void> {
    const { rows } = await this.database.executeSql(`SELECT version FROM ${SCHEMA}.version`);
    const { createRequire } = await import("node:module");
    const own = (createRequire(import.meta.url)("pg-boss/version.json") as { schema: number }).schema;
    const found = Number(rows[0]?.version);
    if (found === own) return;
    throw new Error(
      `schema version ${found}, where this pg-boss has ${own}: another version of it made the queue`,
    );
  }

  async submit(segments: readonly Segment[]): Promise<void> {
    for (let from = 0; from < segments.length; from += 500) {
      const chunk = segments.slice(from, from + 500);
      const ids = chunk.map(jobId);
      await this.database.executeSql(
        `DELETE FROM ${SCHEMA}.job WHERE name = $1 AND id = ANY($2::uuid[]) AND state > 'active'`,
        [this.name, ids],
      );
      await this.boss.insert(
        chunk.map((segment, i) => ({
          name: this.name,
          id: ids[i]!,
          data: segment,
          // Runs that are under way go first: results come early, and little lies half done.
          priority: segment.index,
          retryLimit: RETRY_LIMIT,
          expireInSeconds: segment.expiry,
        })),
      );
    }
  }

  async take(count: number): Promise<Taken[]> {
    const jobs = await this.boss.fetch<Segment>(this.name, { batchSize: count, includeMetadata: true });
    return jobs.map(({ id, data, retryCount }) => ({ job: id, token: retryCount, segment: data }));
  }

  async keep({ job, token }: Taken): Promise<boolean> {
    const { rows } = await this.database.executeSql(
      `UPDATE ${SCHEMA}.job SET started_on = now() WHERE name = $1 AND id = $2 AND state = 'active' AND retry_count = $3 RETURNING id`,
      [this.name, job, token],
    );
    return rows.length > 0;
  }

  async complete({ job }: Taken, next: Segment | undefined): Promise<void> {
    if (next) await this.submit([next]);
    await this.boss.complete(this.name, job);
  }

  async giveBack(taken: Taken, message: string): Promise<void> {
    if (await this.keep(taken)) await this.boss.fail(this.name, taken.job, { message });
  }

  /** How many of its segments wait, run, and are done. @param study name of the study */
  async state(study: string): Promise<QueueState> {
    const { rows } = await this.database.executeSql(
      `SELECT state::text AS state, count(*)::int AS count FROM ${SCHEMA}.job WHERE name = $1 AND data->>'study' = $2 GROUP BY state`,
      [this.name, study],
    );
    const count = (...states: string[]) =>
      rows.filter(({ state }) => states.includes(state)).reduce((sum, { count }) => sum + count, 0);
    const { rows: failed } = await this.database.executeSql(
      `SELECT data->>'id' AS id, output->>'message' AS message FROM ${SCHEMA}.job
       WHERE name = $1 AND data->>'study' = $2 AND state = 'failed'`,
      [this.name, study],
    );
    const lost = failed.map(({ id, message }) => ({ id: String(id), message: String(message) }));
    return { waiting: count("created", "retry"), active: count("active"), lost };
  }

  /** What a study's segments have left in the database of this queue. */
  stored(study: string): StoredSegments {
    return new StoredSegments(this.database, study);
  }

  /** Ends the connection. */
  async close(): Promise<void> {
    await this.boss.stop({ graceful: false }).catch(() => {});
    await this.database.close();
  }
}

function jobId(segment: Segment): string {
  const hash = createHash("sha256").update(keyOf(segment)).digest("hex");
  return hash.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5");
}
