// What can be asked: the page's files, the stream of events, and a run's curves. Runs are named by ids that are looked
// up, files by names that were loaded at the start; everything else is not there.

import { Hono } from "hono";
import { streamSSE } from "hono/streaming";
import { AXES, type Axis } from "../curves/protocol.ts";
import { accessControl } from "./access.ts";
import type { LiveRuns } from "./live-runs.ts";
import type { PageFile } from "./page-files.ts";

export interface AppOptions {
  readonly runs: LiveRuns;
  readonly page: ReadonlyMap<string, PageFile>;
  readonly host: string;
  readonly token: string | undefined;
}

const HEARTBEAT_MS = 15_000;
const MAX_POINTS = 4000;

export function dashboardApp({ runs, page, host, token }: AppOptions): Hono {
  const app = new Hono();
  app.use(accessControl({ host, token }));

  app.get("/api/events", (c) => {
    const { journal } = runs;
    // A browser that connects again says so in the header; a page that was reloaded by hand does not.
    let number = journal.numberOf(c.req.header("Last-Event-ID"));
    return streamSSE(c, async (stream) => {
      const closed = new AbortController();
      const release = runs.view();
      stream.onAbort(() => closed.abort());
      const heartbeat = setInterval(
        () => void stream.write(": still here\n\n").catch(() => {}),
        HEARTBEAT_MS,
      );
      try {
        await stream.write("retry: 500\n\n");
        while (!closed.signal.aborted) {
          const entries = number === undefined ? undefined : journal.after(number);
          if (entries === undefined) {
            number = journal.last;
            await stream.writeSSE({
              id: journal.id(number),
              event: "hello",
              data: JSON.stringify(runs.hello()),
            });
            continue;
          }
          for (const { number: at, type, data } of entries) {
            await stream.writeSSE({ id: journal.id(at), event: type, data });
            number = at;
          }
          await journal.changed(number!, closed.signal);
        }
      } finally {
        clearInterval(heartbeat);
        release();
      }
    });
  });

  app.get("/api/runs/:id", (c) => {
    const { axis, points, from, to, smoothing } = c.req.query();
    const view = runs.curves(c.req.param("id"), {
      axis: AXES.includes(axis as Axis) ? (axis as Axis) : "step",
      points: Math.round(Math.min(MAX_POINTS, Math.max(16, numberIn(points) ?? 1000))),
      smoothing: Math.min(0.9999, Math.max(0, numberIn(smoothing) ?? 0)),
      ...(numberIn(from) !== undefined && { from: numberIn(from)! }),
      ...(numberIn(to) !== undefined && { to: numberIn(to)! }),
    });
    return view ? c.json(view) : c.json({ error: "There is no such run (any more)." }, 404);
  });

  app.get("/api/study", (c) => c.json(runs.study() ?? null));

  app.get("*", (c) => {
    const file = page.get(c.req.path);
    if (!file) return c.text("There is nothing here.\n", 404);
    const packed = /\bgzip\b/.test(c.req.header("Accept-Encoding") ?? "");
    return c.body(packed ? file.packed : file.bytes, 200, {
      "Content-Type": file.type,
      Vary: "Accept-Encoding",
      ...(packed && { "Content-Encoding": "gzip" }),
      ...(file.hashed && { "Cache-Control": "private, max-age=31536000, immutable" }),
    });
  });

  return app;
}

function numberIn(text: string | undefined): number | undefined {
  const value = text === undefined || text === "" ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : undefined;
}
