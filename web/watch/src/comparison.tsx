// The shown runs side by side, in numbers: where each of them stands now.

import type { JSX } from "preact";
import type { Curve, RunSummary } from "../../../src/curves/protocol.ts";
import { short, signed } from "../../../src/text/numbers.ts";
import { lineStyle } from "../../shared/colors.ts";
import { group, lookAt, nameOf, places, shownRuns } from "./store.ts";
import { Verdict } from "./verdict.tsx";

const COLUMNS: readonly {
  readonly curve: Curve;
  readonly name: string;
  readonly text: (value: number) => string;
}[] = [
  { curve: "alpha", name: "α", text: short },
  { curve: "entropy", name: "H", text: short },
  { curve: "target", name: "H̄", text: short },
  { curve: "gap", name: "H − H̄", text: signed },
  { curve: "return", name: "return", text: short },
  { curve: "evalReturn", name: "evaluation", text: short },
  { curve: "q", name: "Q", text: short },
  { curve: "criticLoss", name: "critic loss", text: short },
];

export function Comparison(): JSX.Element {
  const list = shownRuns.value;
  const columns = COLUMNS.filter(({ curve }) => list.some(({ last }) => last[curve] !== undefined));
  return (
    <section class="comparison">
      <h2 id="comparison-title">Where they stand</h2>
      <div class="scroll">
        <table aria-labelledby="comparison-title">
          <thead>
            <tr>
              <th scope="col">Run</th>
              <th scope="col">Verdict</th>
              {columns.map(({ name }) => (
                <th scope="col" class="number" key={name}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {list.map((run) => (
              <Row key={run.id} run={run} columns={columns} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Row({ run, columns }: { readonly run: RunSummary; readonly columns: typeof COLUMNS }): JSX.Element {
  return (
    <tr
      onPointerEnter={() => {
        group.focused.value = run.id;
      }}
      onPointerLeave={() => {
        group.focused.value = undefined;
      }}
    >
      <th scope="row">
        <i class="swatch" style={{ background: lineStyle(places.value.get(run.id) ?? 0).color }} />
        <button type="button" class="link" onClick={() => lookAt(run.id)}>
          {nameOf(run)}
        </button>
      </th>
      <td>
        <Verdict run={run} />
      </td>
      {columns.map(({ curve, text }) => (
        <td class="number numeric" key={curve}>
          {run.last[curve] === undefined ? "–" : text(run.last[curve])}
        </td>
      ))}
    </tr>
  );
}
