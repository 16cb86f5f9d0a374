// How many segments a PostgreSQL hands out: 10,000 tiny jobs are queued, then taken and completed one by one by several
// workers; then how many signs of life it takes, and looks into an empty queue. What it means: a worker asks for a segment
// every few minutes, gives signs of life between them, and looks every few seconds where there is none.
//
//   npx tsx test/sweep/queue-throughput.ts [--jobs 10000] [--workers 4]

import { parseArgs } from "node:util";
import { Queue } from "../../src/sweep/queue.ts";
import type { Segment } from "../../src/sweep/segment-queue.ts";
import { trainConfig } from "../../src/training/settings.ts";
import { startPostgres } from "./postgres-server.ts";

const { values } = parseArgs({
  options: { jobs: { type: "string", default: "10000" }, workers: { type: "string", default: "4" } },
});
const [jobs, workers] = [Number(values.jobs), Number(values.workers)];
const server = await startPostgres();
try {
  const config = trainConfig({ env: "Pendulum-v1" });
  const queues = await Promise.all(Array.from({ length: workers }, () => Queue.open(server.url)));
  const size = () => server.sql("SELECT pg_size_pretty(pg_database_size(current_database()))");
  const segments = Array.from(
    { length: jobs },
    (_, i): Segment => ({
      study: "tiny",
      out: "/nowhere",
      id: `${i}`,
      config,
      index: 1,
      length: 10,
      expiry: 60,
    }),
  );
  let start = performance.now();
  await queues[0]!.submit(segments);
  const queued = (performance.now() - start) / 1000;
  const waiting = size();
  start = performance.now();
  const counts = await Promise.all(
    queues.map(async (queue) => {
      for (let count = 0; ; count++) {
        const [taken] = await queue.take(1);
        if (!taken) return count;
        await queue.keep(taken);
        await queue.complete(taken, undefined);
      }
    }),
  );
  const done = (performance.now() - start) / 1000;
  const total = counts.reduce((sum, count) => sum + count, 0);
  console.log(
    `${jobs} segments queued in ${queued.toFixed(1)} s; ${total} taken, kept and completed by ${workers} workers in ` +
      `${done.toFixed(1)} s: ${Math.round(total / done)} a second; database ${waiting} waiting, ${size()} done`,
  );
  const rate = async (what: string, ask: (queue: Queue) => Promise<unknown>) => {
    const until = performance.now() + 3000;
    const asked = await Promise.all(
      queues.map(async (queue) => {
        let count = 0;
        for (; performance.now() < until; count++) await ask(queue);
        return count;
      }),
    );
    const sum = asked.reduce((sum, count) => sum + count, 0);
    console.log(`${Math.round(sum / 3)} ${what} a second`);
  };
  await rate("looks into the empty queue", (queue) => queue.take(1));
  await queues[0]!.submit(segments.slice(0, 1));
  const [last] = await queues[0]!.take(1);
  await rate("signs of life", (queue) => queue.keep(last!));
  for (const queue of queues) await queue.close();
} finally {
  server.stop();
}
