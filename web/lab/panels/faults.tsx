// What can be broken. A switch acts at once, on the agent that is learning.

import type { JSX } from "preact";
import { useId } from "preact/hooks";
import { type FaultId, faultIds, type LabFault, labFaults } from "../faults.ts";
import type { Laboratory } from "../laboratory.ts";
import type { Setup } from "../setup.ts";
import { tasks } from "../tasks.ts";

export function Faults({ laboratory }: { laboratory: Laboratory }): JSX.Element {
  const setup = laboratory.setup.value;
  return (
    <section class="break card" aria-labelledby="break-title">
      <h2 id="break-title">Break it</h2>
      <ul class="faults">
        {faultIds.map((id) => (
          <FaultSwitch key={id} id={id} setup={setup} laboratory={laboratory} />
        ))}
      </ul>
    </section>
  );
}

function FaultSwitch(props: { id: FaultId; setup: Setup; laboratory: Laboratory }): JSX.Element {
  const { id, setup, laboratory } = props;
  const { title, code, effect, needsDimensions }: LabFault = labFaults[id];
  const on = setup.faults.includes(id);
  const help = useId();
  const idle = needsDimensions && tasks[setup.task].actionSize === 1;
  return (
    <li data-on={on}>
      <label>
        <input
          type="checkbox"
          checked={on}
          aria-describedby={help}
          onChange={() =>
            laboratory.set({
              faults: faultIds.filter((other) => (other === id ? !on : setup.faults.includes(other))),
            })
          }
        />
        {title}
      </label>
      <div id={help} class="help" hidden={!on}>
        <code>{code}</code>
        {effect}
        {idle && " One action dimension shows nothing of it: choose PointMass."}
      </div>
    </li>
  );
}
