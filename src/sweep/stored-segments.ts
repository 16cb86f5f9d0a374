// What segments leave, in the database of their queue, for workers that share no directory. An attempt is packed into one
// archive and written in pieces under a name of its own; then one row makes it count, which only the first can write for a
// segment: of two workers on the same, the other changes nothing.

import { createHash } from "node:crypto";
import { createReadStream, createWriteStream, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packDirectory, unpackDirectory } from "./archive.ts";
import type { Database } from "./database.ts";

/** Bytes of a piece. */
const PIECE = 1_000_000;
const SCHEMA = "tempered_sweep";

/** What an attempt comes to: the run goes on, waits at a rung, or is over. */
export type Commitment = "going" | "waiting" | "ended";

/** How far a run is, by its segments that have ended. */
export interface StoredProgress {
  /** Segments that are done. */
  readonly index: number;
  readonly steps: number;
  readonly as: Commitment;
}

/** What a study's segments have left in a database. */
export class StoredSegments {
  private readonly database: Database;
  /** Of the study. */
  private readonly study: string;

  /** @param study its name, the same for all its workers */
  constructor(database: Database, study: string) {
    this.database = database;
    this.study = createHash("sha256").update(study).digest("hex").slice(0, 24);
  }

  /** Makes the tables where there are none; who does it at the same time is no trouble. */
  async prepare(): Promise<void> {
    const statements = [
      `CREATE TABLE IF NOT EXISTS ${SCHEMA}.stored_segment (study text, run text, index int, steps bigint, state text,
        upload text, error text, PRIMARY KEY (study, run, index))`,
      `CREATE TABLE IF NOT EXISTS ${SCHEMA}.stored_piece (study text, run text, upload text, number int, content bytea,
        PRIMARY KEY (study, run, upload, number))`,
    ];
    for (const statement of statements)
      await this.database.executeSql(statement).catch((error: Error & { code?: string }) => {
        // Two sessions that make the same table: one of them is told that its type is there.
        if (error.code !== "23505" && error.code !== "42P07") throw error;
      });
  }

  /** How far a run is; undefined where none of its segments has ended. */
  async progressOf(run: string): Promise<StoredProgress | undefined> {
    return (await this.progress([run])).get(run);
  }

  /** By run, of those that have come to the end of a segment. */
  async progress(runs: readonly string[]): Promise<Map<string, StoredProgress>> {
    const { rows } = await this.database.executeSql(
      `SELECT DISTINCT ON (run) run, index, steps, state FROM ${SCHEMA}.stored_segment
       WHERE study = $1 AND run = ANY($2) ORDER BY run, index DESC`,
      [this.study, runs],
    );
    return new Map(
      rows.map(({ run, index, steps, state }) => [
        run,
        { index, steps: Number(steps), as: state as Commitment },
      ]),
    );
  }

  /** Writes an attempt, and makes it count. @returns whether it does; another's was first where not */
  async commit(
    run: string,
    { index, steps, as }: StoredProgress,
    directory: string,
    upload: string,
  ): Promise<boolean> {
    await this.withArchive(async (archive) => {
      await packDirectory(directory, createWriteStream(archive));
      let number = 0;
      for await (const content of createReadStream(archive, { highWaterMark: PIECE })) {
        // Asked again after a lost connection, a piece that has come through is the same.
        await this.database.executeSql(
          `INSERT INTO ${SCHEMA}.stored_piece VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
          [this.study, run, upload, number++, content],
        );
      }
    });
    const counts = await this.claim(run, { index, steps, as }, upload);
    // Ours where another's counts; else what is older than ours.
    await this.database.executeSql(
      counts
        ? `DELETE FROM ${SCHEMA}.stored_piece WHERE study = $1 AND run = $2 AND upload IN
             (SELECT upload FROM ${SCHEMA}.stored_segment WHERE study = $1 AND run = $2 AND index < $3)`
        : `DELETE FROM ${SCHEMA}.stored_piece WHERE study = $1 AND run = $2 AND upload = $3`,
      [this.study, run, counts ? index : upload],
    );
    return counts;
  }

  /** A run that could not even begin. */
  async fail(run: string, message: string): Promise<void> {
    await this.claim(run, { index: 1, steps: 0, as: "ended" }, "", message);
  }

  /** Lays what a segment left into a new directory. @throws where it is not there (any more) */
  async fetch(run: string, index: number, directory: string): Promise<void> {
    const { rows } = await this.database.executeSql(
      `SELECT upload, error FROM ${SCHEMA}.stored_segment WHERE study = $1 AND run = $2 AND index = $3`,
      [this.study, run, index],
    );
    const upload = rows[0]?.upload;
    if (upload === undefined) throw gone(run, index);
    await this.withArchive(async (archive) => {
      const into = createWriteStream(archive);
      for (let number = 0; ; number++) {
        const { rows } = await this.database.executeSql(
          `SELECT content FROM ${SCHEMA}.stored_piece WHERE study = $1 AND run = $2 AND upload = $3 AND number = $4`,
          [this.study, run, upload, number],
        );
        if (!rows[0]) break;
        await new Promise<void>((written, failed) =>
          into.write(rows[0]!.content, (error) => (error ? failed(error) : written())),
        );
      }
      await new Promise<void>((ended) => into.end(() => ended()));
      if (into.bytesWritten === 0) throw gone(run, index);
      await unpackDirectory(createReadStream(archive), directory).catch((error: { code?: string }) => {
        // Whoever is further has removed its pieces while they were read.
        throw error.code === "ARCHIVE" ? gone(run, index) : error;
      });
    });
  }

  /** Why a run could not even begin; undefined where it could. */
  async failureOf(run: string): Promise<string | undefined> {
    const { rows } = await this.database.executeSql(
      `SELECT error FROM ${SCHEMA}.stored_segment WHERE study = $1 AND run = $2 AND error IS NOT NULL`,
      [this.study, run],
    );
    return rows[0]?.error;
  }

  /** Removes what was written for runs that are over: by whom was killed while he wrote, or before he could remove it. */
  async removePieces(runs: readonly string[]): Promise<void> {
    await this.database.executeSql(`DELETE FROM ${SCHEMA}.stored_piece WHERE study = $1 AND run = ANY($2)`, [
      this.study,
      runs,
    ]);
  }

  /** Forgets what is stored of a run: it lies where it belongs, or is to be done again. */
  async forget(run: string, { andThatItEnded = false } = {}): Promise<void> {
    await this.removePieces([run]);
    if (!andThatItEnded) return;
    await this.database.executeSql(`DELETE FROM ${SCHEMA}.stored_segment WHERE study = $1 AND run = $2`, [
      this.study,
      run,
    ]);
  }

  private async claim(
    run: string,
    { index, steps, as }: StoredProgress,
    upload: string,
    error?: string,
  ): Promise<boolean> {
    // Neither a segment that is there nor one of a run that has ended or gone further can be written.
    await this.database.executeSql(
      `INSERT INTO ${SCHEMA}.stored_segment SELECT $1, $2, $3::int, $4::bigint, $5, $6, $7
       WHERE NOT EXISTS (SELECT 1 FROM ${SCHEMA}.stored_segment WHERE study = $1 AND run = $2 AND (index >= $3::int OR state = 'ended'))
       ON CONFLICT DO NOTHING`,
      [this.study, run, index, steps, as, upload, error ?? null],
    );
    // Asked again after a lost connection, the first answer is what counts.
    const { rows } = await this.database.executeSql(
      `SELECT upload FROM ${SCHEMA}.stored_segment WHERE study = $1 AND run = $2 AND index = $3`,
      [this.study, run, index],
    );
    return rows[0]?.upload === upload;
  }

  /** A file of this machine, gone afterwards. */
  private async withArchive(use: (archive: string) => Promise<void>): Promise<void> {
    const scratch = mkdtempSync(join(tmpdir(), "tempered-stored-"));
    try {
      await use(join(scratch, "archive"));
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  }
}

/** As a file system would say it: others are further. */
function gone(run: string, index: number): Error {
  return Object.assign(new Error(`segment ${index} of run ${run} is not in the database`), {
    code: "ENOENT",
    errno: -2,
  });
}
