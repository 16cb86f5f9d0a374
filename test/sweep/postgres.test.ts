// Sweeps on a real PostgreSQL, started by the test itself: skipped where Debian's package postgresql is not installed.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { postgresDatabase } from "../../src/sweep/database.ts";
import { Queue } from "../../src/sweep/queue.ts";
import type { Segment } from "../../src/sweep/segment-queue.ts";
import { trainConfig } from "../../src/training/settings.ts";
import { disturbWorkers } from "./disturb-workers.ts";
import { type PostgresServer, postgresPrograms, startPostgres } from "./postgres-server.ts";
import { tempered, writeStudy } from "./sweeping.ts";

const missing = postgresPrograms() === undefined;
if (missing) console.warn("PostgreSQL is not installed (apt-get install postgresql): its tests are skipped");

describe.skipIf(missing)("a queue in PostgreSQL", () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server?.stop());

  const segment = (id: string, index = 1): Segment => ({
    study: "study",
    out: "/nowhere",
    id,
    config: trainConfig({ env: "Pendulum-v1" }),
    index,
    length: 10,
    expiry: 1,
  });

  it("holds a segment once, and gives one of a silent worker to another, with a higher token", async () => {
    const queue = await Queue.open(server.url);
    const other = await Queue.open(server.url);
    try {
      await queue.submit([segment("a"), segment("b"), segment("a")]);
      await other.submit([segment("a")]);
      expect(await queue.state("study")).toEqual({ waiting: 2, active: 0, lost: [] });
      const [first] = await queue.take(1);
      await queue.submit([first!.segment]);
      expect(await queue.state("study")).toEqual({ waiting: 1, active: 1, lost: [] });
      await expect
        .poll(async () => (await other.take(10)).find(({ job }) => job === first!.job)?.token, {
          timeout: 15_000,
          interval: 500,
        })
        .toBe(first!.token + 1);
      // The one who was silent is told, and cannot take it from its successor.
      expect(await queue.keep(first!)).toBe(false);
      await queue.giveBack(first!, "too late");
      expect((await queue.state("study")).active).toBeGreaterThan(0);
    } finally {
      await queue.close();
      await other.close();
    }
  });

  it("says again what PostgreSQL refused to end a deadlock", async () => {
    const both = [await postgresDatabase(server.url), await postgresDatabase(server.url)];
    try {
      await both[0]!.executeSql("CREATE TABLE pair (id int PRIMARY KEY, n int)");
      await both[0]!.executeSql("INSERT INTO pair VALUES (1, 0), (2, 0)");
      const inTurn = (first: number, second: number) =>
        `BEGIN; UPDATE pair SET n = n + 1 WHERE id = ${first}; SELECT pg_sleep(1);
         UPDATE pair SET n = n + 1 WHERE id = ${second}; COMMIT`;
      await Promise.all([both[0]!.executeSql(inTurn(1, 2)), both[1]!.executeSql(inTurn(2, 1))]);
      const { rows } = await both[1]!.executeSql("SELECT n FROM pair");
      expect(rows).toEqual([{ n: 2 }, { n: 2 }]);
    } finally {
      for (const database of both) await database.close();
    }
  });

  it("is refused with a remedy where it cannot be used", async () => {
    const refusal = async (url: string) => {
      try {
        await (await Queue.open(url)).close();
      } catch (error) {
        return `${(error as { code?: string }).code} ${(error as Error).message}`;
      }
      return "opened";
    };
    const { url, port } = server;
    expect(await refusal(url.replace("secret", "guess"))).toMatch(
      /^DATABASE .*tempered:…@.*; the password is wrong$/,
    );
    expect(await refusal(url.replace(/postgres$/, "nowhere"))).toMatch(
      /no such database; make it with createdb$/,
    );
    expect(await refusal(url.replace(`:${port}/`, ":1/"))).toMatch(/nothing listens there/);
    expect(await refusal("sqlite:here")).toMatch(
      /postgres:\/\/USER:PASSWORD@HOST:PORT\/DATABASE, got "sqlite:here"/,
    );
    await (await Queue.open(url)).close();
    server.sql("UPDATE tempered_sweep.version SET version = 999");
    expect(await refusal(url)).toMatch(
      /schema version 999, where this pg-boss has \d+.*DROP SCHEMA tempered_sweep CASCADE/,
    );
    server.sql("SET client_min_messages = warning; DROP SCHEMA tempered_sweep CASCADE");
  });
});

describe.skipIf(missing)("workers of a PostgreSQL", () => {
  it("leave nothing in the database where one of them was killed before it could remove what it had written", async () => {
    const scratch = mkdtempSync(join(tmpdir(), "tempered-stored-"));
    const server = await startPostgres();
    try {
      const study = join(scratch, "study.toml");
      writeStudy(study, { seeds: 1, steps: 150 });
      const sweep = () =>
        tempered(
          ...["sweep", study, "--out", join(scratch, "out"), "--database", server.url],
          ...["--store", "database", "--workers", "1", "--yes", "--json"],
        ).ended;
      await sweep();
      const pieces = () => server.sql("SELECT count(*) FROM tempered_sweep.stored_piece");
      expect(pieces()).toBe("0");
      server.sql(
        "INSERT INTO tempered_sweep.stored_piece SELECT study, run, 'killed', 0, '' FROM tempered_sweep.stored_segment",
      );
      expect(pieces()).toBe("2");
      await sweep();
      expect(pieces()).toBe("0");
    } finally {
      server.stop();
      rmSync(scratch, { recursive: true, force: true });
    }
  }, 200_000);

  // Its instants are random, and a busy machine can lose the race that it stages; a fault loses it twice.
  it("complete every run once, whatever befalls them", { timeout: 400_000, retry: 1 }, async () => {
    const { restarts, zombies } = await disturbWorkers({
      seeds: 1,
      steps: 900,
      workers: 2,
      restarts: 1,
      kills: 2,
    });
    expect({ restarts, zombies }).toEqual({ restarts: 1, zombies: 1 });
  });

  it("do so too where they share no directory, with all they leave in the database", {
    timeout: 400_000,
    retry: 1,
  }, async () => {
    const { restarts, zombies } = await disturbWorkers({
      ...{ seeds: 1, steps: 900, workers: 2, restarts: 1, kills: 2 },
      store: "database",
    });
    expect({ restarts, zombies }).toEqual({ restarts: 1, zombies: 1 });
  });
});
