// The stream of events without a browser: whoever comes back with the id of the last event is told what came meanwhile,
// once each and in order, and whoever was away for too long is told everything.

import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { WatchEvent } from "../../src/curves/protocol.ts";
import { dashboardApp } from "../../src/dashboard/app.ts";
import { LiveRuns } from "../../src/dashboard/live-runs.ts";
import type { RunDirectory } from "../../src/training/run-directory.ts";
import { makeRun, type StoryRow, story, temporary, write } from "./harness.ts";

const place = temporary();
const live = new LiveRuns(place.path);
const app = dashboardApp({ runs: live, page: new Map(), host: "127.0.0.1", token: undefined });
const rows: readonly StoryRow[] = [...story({ rows: 120 })];
let run: RunDirectory;

beforeAll(async () => {
  run = await makeRun(join(place.path, "run"));
  write(run, rows.slice(0, 40));
});

afterAll(() => {
  live.stop();
  run.close();
  place.remove();
});

interface Told {
  readonly id: string;
  readonly event: WatchEvent;
}

/** Events until one of them is what is waited for. */
async function listen(until: (event: WatchEvent) => boolean, lastId?: string): Promise<Told[]> {
  const headers = { Host: "127.0.0.1", ...(lastId !== undefined && { "Last-Event-ID": lastId }) };
  const answer = await app.request("/api/events", { headers });
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  const told: Told[] = [];
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return told;
    text += value;
    for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
      const fields = new Map(
        text
          .slice(0, end)
          .split("\n")
          .map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]),
      );
      text = text.slice(end + 2);
      if (!fields.has("data")) continue;
      told.push({ id: fields.get("id")!, event: JSON.parse(fields.get("data")!) });
      if (until(told.at(-1)!.event)) {
        await reader.cancel();
        return told;
      }
    }
  }
}

const hasRows = (count: number) => (event: WatchEvent) => event.type === "run" && event.run.rows === count;

it("nothing is missed, and nothing told twice, across interruptions", async () => {
  const first = await listen(hasRows(40));
  expect(first[0]!.event.type).toBe("hello");
  const steps = new Map<number, number>();
  let lastId = first.at(-1)!.id;
  for (let from = 40; from < 120; from += 20) {
    // Half of the rows come while nobody listens, half while somebody does.
    write(run, rows.slice(from, from + 10));
    setTimeout(() => write(run, rows.slice(from + 10, from + 20)), 300);
    const told = await listen(hasRows(from + 20), lastId);
    lastId = told.at(-1)!.id;
    for (const { event } of told) {
      expect(event.type).not.toBe("hello");
      if (event.type !== "rows") continue;
      event.columns.step!.forEach((step, i) => void steps.set(event.from + i, step!));
    }
  }
  expect([...steps]).toEqual(rows.slice(40).map(({ step }, i) => [40 + i, step]));
});

it.each(["", "nonsense", "AAAAAAAA.1", `${live.journal.epoch}.999999`])(
  "the id %j is told everything",
  async (id) => {
    const [hello] = await listen(() => true, id);
    expect(hello!.event).toMatchObject({ type: "hello", runs: [{ name: "run", rows: 120 }] });
  },
);

it("curves come decimated, for the stretch that is asked for", async () => {
  const [hello] = await listen(() => true);
  const { runs } = hello!.event as Extract<WatchEvent, { type: "hello" }>;
  const ask = (query: string) =>
    app.request(`/api/runs/${runs[0]!.id}?${query}`, { headers: { Host: "localhost" } });
  const view = await (await ask("axis=updates&points=16")).json();
  expect(view).toMatchObject({ axis: "updates", rows: 120, extent: [100, 12_000] });
  expect(view.curves.entropy.x.length).toBeLessThanOrEqual(16);
  expect(view.curves.alpha.y[0]).toBe(1);
  const part = await (await ask("axis=step&from=1000&to=2000&points=400")).json();
  expect(part.curves.alpha.x[0]).toBe(900);
  expect(part.curves.alpha.x.at(-1)).toBe(2100);
  for (const odd of ["axis=nonsense", "points=1e9", "points=-4", "from=NaN&to=x", "smoothing=7"]) {
    expect((await ask(odd)).status).toBe(200);
  }
  expect((await app.request("/api/runs/nothing", { headers: { Host: "localhost" } })).status).toBe(404);
});
