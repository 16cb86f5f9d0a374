// The page: the list of runs beside, what is chosen in the middle.

import type { JSX } from "preact";
import { Explanation } from "../../shared/term.tsx";
import { Charts } from "./charts.tsx";
import { Comparison } from "./comparison.tsx";
import { Doctor } from "./doctor.tsx";
import { Empty, Loading } from "./empty.tsx";
import { RunList } from "./run-list.tsx";
import { runs, scanning, shownRuns } from "./store.ts";
import { Study } from "./study.tsx";
import { Toolbar } from "./toolbar.tsx";

export function App(): JSX.Element {
  const none = runs.value.size === 0;
  return (
    <>
      <a class="skip" href="#charts">
        Skip to the charts
      </a>
      <RunList />
      <main>
        <Toolbar />
        <Study />
        {none && scanning.value === false ? (
          <Empty />
        ) : none ? (
          <Loading />
        ) : shownRuns.value.length === 0 ? (
          <p class="notice">Tick a run in the list to see its curves.</p>
        ) : (
          <>
            <Doctor />
            <Charts />
            <Comparison />
          </>
        )}
      </main>
      <Explanation />
    </>
  );
}
