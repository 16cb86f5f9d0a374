// What the page knows: the runs, which of them are shown and how, and their curves. Everything follows from the server's
// events and the reader's choices; components only read signals and call what stands here.

import { batch, computed, effect, signal } from "@preact/signals";
import {
  AXES,
  type Axis,
  type RunSummary,
  type RunView,
  type WatchEvent,
} from "../../../src/curves/protocol.ts";
import { chartGroup, type XRange } from "../../shared/chart-group.ts";
import { grow, type HeldView, heldView } from "./held-view.ts";

export const connection = signal<"connecting" | "live" | "lost">("connecting");
export const folder = signal("");
/** Undefined until the server has said hello. */
export const scanning = signal<boolean | undefined>(undefined);
export const runs = signal<ReadonlyMap<string, RunSummary>>(new Map());
/** What the reader chose; until then the newest runs are shown. */
const chosen = signal<ReadonlySet<string> | undefined>(undefined);
const lookedAt = signal<string | undefined>(undefined);
export const axis = signal<Axis>("step");
export const smoothing = signal(0);
/** Follows `smoothing` when the slider rests: each value costs the server a look at every row. */
const smoothness = signal(0);
const SLIDER_RESTS_MS = 120;
export const group = chartGroup();
/** Curves by run, replaced whenever any of them changes. */
export const views = signal<ReadonlyMap<string, HeldView>>(new Map());
/** Whether curves were asked for that are not there yet. */
export const busy = signal(false);
/** Trouble with the last request; empty where there is none. */
export const trouble = signal("");

const SHOWN_AT_FIRST = 6;
const MAX_POINTS = 1600;
const MIN_POINTS = 400;
/** All runs together, so that a redraw stays fluid. */
const ALL_POINTS = 12_000;

/** Newest first. */
export const ordered = computed(() =>
  [...runs.value.values()].sort((a, b) => b.changedAt - a.changedAt || (a.name < b.name ? -1 : 1)),
);

const shownAtFirst = signal<ReadonlySet<string>>(new Set());
export const shown = computed(() => chosen.value ?? shownAtFirst.value);
/** Shown runs in the order of their names, so that charts do not shuffle. */
export const shownRuns = computed(() =>
  [...runs.value.values()].filter(({ id }) => shown.value.has(id)).sort((a, b) => (a.name < b.name ? -1 : 1)),
);
/** What runs of a study are called by: their settings instead of their ids. */
export const studyNames = signal<ReadonlyMap<string, string>>(new Map());
/** What a run is called. */
export function nameOf({ id, name }: RunSummary): string {
  return studyNames.value.get(id) ?? name;
}
/** The run whose findings are told. */
export const looked = computed(() => {
  const list = shownRuns.value;
  return (
    list.find(({ id }) => id === lookedAt.value) ?? list.find(({ verdict }) => verdict === "fault") ?? list[0]
  );
});
/** Each shown run keeps its place in the palette. */
export const places = signal<ReadonlyMap<string, number>>(new Map());

export const pointsPerCurve = computed(() =>
  Math.round(Math.min(MAX_POINTS, Math.max(MIN_POINTS, ALL_POINTS / Math.max(1, shown.value.size)))),
);

export function toggle(id: string): void {
  const next = new Set(shown.value);
  if (!next.delete(id)) next.add(id);
  chosen.value = next;
}

export function showOnly(ids: readonly string[]): void {
  chosen.value = new Set(ids);
}

export function lookAt(id: string): void {
  lookedAt.value = id;
  if (!shown.value.has(id)) toggle(id);
}

export function chooseAxis(next: Axis): void {
  batch(() => {
    axis.value = next;
    group.zoom.value = undefined;
    group.cursor.value = undefined;
  });
}

export function zoomTo(range: XRange): void {
  const margin = 0.15 * (range.to - range.from) || 1;
  group.zoom.value = { from: range.from - margin, to: range.to + margin };
}

/** Listens to the server for as long as the page is open. */
export function connect(): void {
  const source = new EventSource("api/events");
  source.onopen = () => {
    connection.value = "live";
  };
  source.onerror = () => {
    connection.value = "lost";
  };
  for (const type of ["hello", "scanned", "run", "removed", "rows"] as const) {
    source.addEventListener(type, ({ data }) => take(JSON.parse(data)));
  }
  effect(() => {
    const value = smoothing.value;
    const timer = setTimeout(() => {
      smoothness.value = value;
    }, SLIDER_RESTS_MS);
    return () => clearTimeout(timer);
  });
  effect(followPlaces);
  effect(requestWhatIsMissing);
}

function take(event: WatchEvent): void {
  batch(() => {
    if (event.type === "hello") {
      folder.value = event.folder;
      scanning.value = event.scanning;
      runs.value = new Map(event.runs.map((run) => [run.id, run]));
    } else if (event.type === "scanned") scanning.value = false;
    else if (event.type === "run") runs.value = new Map(runs.value).set(event.run.id, event.run);
    else if (event.type === "removed") {
      const rest = new Map(runs.value);
      rest.delete(event.id);
      runs.value = rest;
    } else if (event.type === "rows") {
      const view = views.value.get(event.id);
      if (view && grow(view, event)) together();
    }
    if (chosen.value === undefined) fillFirst();
  });
}

/** Runs that are there first stay shown when newer ones come, as long as there is room. */
function fillFirst(): void {
  const first = shownAtFirst.value;
  const next = new Set([...first].filter((id) => runs.value.has(id)));
  for (const { id } of ordered.value) if (next.size < SHOWN_AT_FIRST) next.add(id);
  if (next.size !== first.size || [...next].some((id) => !first.has(id))) shownAtFirst.value = next;
}

function followPlaces(): void {
  const ids = shownRuns.value.map(({ id }) => id);
  const before = places.peek();
  const next = new Map([...before].filter(([id]) => ids.includes(id)));
  const taken = new Set(next.values());
  for (const id of ids) {
    if (next.has(id)) continue;
    let place = 0;
    while (taken.has(place)) place++;
    taken.add(place);
    next.set(id, place);
  }
  if (next.size !== before.size || [...next].some(([id, place]) => before.get(id) !== place))
    places.value = next;
}

const inFlight = new Map<string, { key: string; abort: AbortController }>();
const again = new Map<string, ReturnType<typeof setTimeout>>();
const RETRY_MS = 150;
/** Rises when what was asked for too often may be asked for again. */
const retries = signal(0);

function requestWhatIsMissing(): void {
  void retries.value;
  const zoom = group.zoom.value;
  const points = pointsPerCurve.value;
  const range = zoom ? `&from=${zoom.from}&to=${zoom.to}` : "";
  const query = `axis=${axis.value}&smoothing=${smoothness.value}&points=${points}${range}`;
  const wanted = smoothness.value;
  let missing = false;
  for (const run of shownRuns.value) {
    const view = views.value.get(run.id);
    const isCurrent =
      view?.key === query &&
      view.generation === run.generation &&
      view.rows >= run.rows &&
      view.grown < points;
    if (isCurrent) continue;
    missing = true;
    request(run.id, query, wanted);
  }
  busy.value = missing;
}

function request(id: string, key: string, smoothness: number): void {
  const current = inFlight.get(id);
  if (current?.key === key || again.has(`${id} ${key}`)) return;
  current?.abort.abort();
  const abort = new AbortController();
  inFlight.set(id, { key, abort });
  const done = () => {
    if (inFlight.get(id)?.abort === abort) inFlight.delete(id);
  };
  fetch(`api/runs/${id}?${key}`, { signal: abort.signal })
    .then(async (answer) => {
      if (answer.status === 404) return undefined;
      if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
      return (await answer.json()) as RunView;
    })
    .then((view) => {
      done();
      trouble.value = "";
      // Where rows came meanwhile, the next look asks for them; but not at once, and not for ever at full speed.
      const pause = `${id} ${key}`;
      again.set(
        pause,
        setTimeout(() => {
          again.delete(pause);
          retries.value++;
        }, RETRY_MS),
      );
      if (view) arrived(id, heldView(view, key, smoothness));
    })
    .catch((error: Error) => {
      done();
      if (error.name !== "AbortError") trouble.value = `Curves could not be fetched: ${error.message}.`;
    });
}

const fetched = new Map<string, HeldView>();
const TOGETHER_MS = 40;

let waiting = false;

/** Answers and rows that come together are drawn together. */
function arrived(id: string, view: HeldView): void {
  fetched.set(id, view);
  together();
}

function together(): void {
  if (waiting) return;
  waiting = true;
  setTimeout(() => {
    waiting = false;
    views.value = new Map([...views.value, ...fetched]);
    fetched.clear();
  }, TOGETHER_MS);
}

/** Axes that any shown run has. */
export const axesThere = computed(() =>
  AXES.filter((name) => shownRuns.value.some(({ axes }) => axes.includes(name))),
);
