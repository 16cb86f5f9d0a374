// The page from top to bottom: what can be done with the run, what this is and what to try first, what is set and what
// is broken, the world and what α means in it, the charts, the three readings of one update, and the place to drop
// one's own log.

import type { JSX } from "preact";
import { Explanation } from "../shared/term.tsx";
import type { Laboratory } from "./laboratory.ts";
import { Charts } from "./panels/charts.tsx";
import { Code } from "./panels/code.tsx";
import { Controls } from "./panels/controls.tsx";
import { Densities } from "./panels/densities.tsx";
import { Doctor } from "./panels/doctor.tsx";
import { DropLog } from "./panels/drop-log.tsx";
import { Faults } from "./panels/faults.tsx";
import { Mathematics } from "./panels/mathematics.tsx";
import { TopBar } from "./panels/top-bar.tsx";
import { Opening } from "./panels/tour.tsx";
import { World } from "./panels/world.tsx";
import { YourCode } from "./panels/your-code.tsx";

export function App({ laboratory }: { laboratory: Laboratory }): JSX.Element {
  const failure = laboratory.failure.value;
  return (
    <>
      <TopBar laboratory={laboratory} />
      {failure !== undefined && (
        <p role="alert" class="failure">
          <b>The training stopped.</b> {failure}{" "}
          <button type="button" onClick={() => laboratory.reset()}>
            Reset
          </button>
        </p>
      )}
      <main>
        <Opening laboratory={laboratory} />
        <div class="set">
          <Controls laboratory={laboratory} />
          <Faults laboratory={laboratory} />
        </div>
        <div class="middle">
          <div class="pair">
            <World laboratory={laboratory} />
            <Densities laboratory={laboratory} />
          </div>
          <Charts laboratory={laboratory} />
        </div>
        <div class="readings">
          <Doctor laboratory={laboratory} />
          <Mathematics laboratory={laboratory} />
          <Code laboratory={laboratory} />
        </div>
      </main>
      <YourCode laboratory={laboratory} />
      <DropLog />
      <Explanation />
    </>
  );
}
