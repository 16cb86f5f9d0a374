// Every run below the folder: tick it to draw it, click its name to read what the doctor says about it.

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { RunSummary } from "../../../src/curves/protocol.ts";
import { short } from "../../../src/text/numbers.ts";
import { lineStyle } from "../../shared/colors.ts";
import { Sparkline } from "./sparkline.tsx";
import {
  folder,
  group,
  lookAt,
  looked,
  nameOf,
  ordered,
  places,
  runs,
  shown,
  showOnly,
  toggle,
} from "./store.ts";
import { Verdict, verdictOf } from "./verdict.tsx";

export function RunList(): JSX.Element {
  const wanted = useSignal("");
  const words = wanted.value.toLowerCase().split(/\s+/).filter(Boolean);
  const list = ordered.value.filter((run) => {
    const text =
      `${nameOf(run)} ${run.name} ${run.framework} ${run.env ?? ""} ${run.verdict ?? ""} ${verdictOf(run)}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  return (
    <nav class="runs" aria-label="Runs">
      <header>
        <h1>
          <b>tempered</b> watch
        </h1>
        <p class="dim path" title={folder.value}>
          <bdi>{folder.value}</bdi>
        </p>
      </header>
      {runs.value.size > 0 && (
        <div class="filter">
          <input
            type="search"
            placeholder="Filter runs"
            aria-label="Filter runs by name, program, environment or verdict"
            value={wanted.value}
            onInput={(event) => {
              wanted.value = event.currentTarget.value;
            }}
          />
          <button type="button" onClick={() => showOnly(list.map(({ id }) => id))}>
            All
          </button>
          <button type="button" onClick={() => showOnly([])}>
            None
          </button>
        </div>
      )}
      <ul>
        {list.map((run) => (
          <RunItem key={run.id} run={run} />
        ))}
      </ul>
      {list.length === 0 && runs.value.size > 0 && <p class="notice">No run matches.</p>}
    </nav>
  );
}

function RunItem({ run }: { readonly run: RunSummary }): JSX.Element {
  const isShown = shown.value.has(run.id);
  const place = places.value.get(run.id);
  const color = isShown && place !== undefined ? lineStyle(place).color : "var(--dim)";
  const name = nameOf(run);
  const slash = name === run.name ? name.lastIndexOf("/") : -1;
  return (
    <li
      class={looked.value?.id === run.id ? "run looked" : "run"}
      onPointerEnter={() => {
        if (isShown) group.focused.value = run.id;
      }}
      onPointerLeave={() => {
        group.focused.value = undefined;
      }}
    >
      <input
        type="checkbox"
        checked={isShown}
        style={{ accentColor: color }}
        aria-label={`Show ${name}`}
        onChange={() => toggle(run.id)}
      />
      <button
        type="button"
        class="run-name"
        title={name === run.name ? name : `${name} (${run.name})`}
        aria-current={looked.value?.id === run.id ? "true" : undefined}
        onClick={() => lookAt(run.id)}
      >
        <span class="name">
          {slash > 0 && <span class="dim">{name.slice(0, slash + 1)}</span>}
          {name.slice(slash + 1)}
        </span>
        <span class="about dim">
          {[run.env, run.framework === "unknown" ? run.format : run.framework].filter(Boolean).join(" · ")}
        </span>
      </button>
      <span class="run-alpha">
        <Sparkline values={run.spark} color={color} />
        <span class="numeric">{run.last.alpha === undefined ? "no α" : `α ${short(run.last.alpha)}`}</span>
      </span>
      <Verdict run={run} narrow />
    </li>
  );
}
