// What can be set: the task, the temperature, and what is broken. The temperature's settings and the faults act at
// once, on the agent that is learning; task, seed and initial α begin a new one.

import type { JSX } from "preact";
import { useId, useState } from "preact/hooks";
import { short } from "../../../src/text/numbers.ts";
import { type FaultId, faultIds, type LabFault, labFaults } from "../faults.ts";
import type { Laboratory } from "../laboratory.ts";
import { defaultSetup, limits, type NumberName, readNumber, type Setup, targetOf } from "../setup.ts";
import { isTaskId, type TaskId, tasks } from "../tasks.ts";

export function Controls({ laboratory }: { laboratory: Laboratory }): JSX.Element {
  const setup = laboratory.setup.value;
  const { actionSize, goal } = tasks[setup.task];
  return (
    <aside class="controls card" aria-label="Settings">
      <section>
        <h2>Task</h2>
        <label class="field">
          <span class="unseen">Task</span>
          <select
            value={setup.task}
            onChange={({ currentTarget: { value } }) =>
              isTaskId(value) && laboratory.set({ task: value, targetEntropy: undefined })
            }
          >
            {(Object.keys(tasks) as TaskId[]).map((id) => (
              <option key={id} value={id}>
                {tasks[id].label}
              </option>
            ))}
          </select>
        </label>
        <p class="dim small">{goal}</p>
      </section>
      <section>
        <h2>Temperature</h2>
        <label class="field">
          <span>
            target entropy H̄ <b class="numeric">{short(targetOf(setup))}</b>
          </span>
          <input
            type="range"
            min={-4 * actionSize}
            max={0.65 * actionSize}
            step={0.05}
            value={targetOf(setup)}
            onInput={({ currentTarget: { valueAsNumber } }) =>
              laboratory.set({ targetEntropy: valueAsNumber })
            }
          />
        </label>
        <label class="field">
          <span>
            α learning rate <b class="numeric">{short(setup.alphaLearningRate)}</b>
          </span>
          <input
            type="range"
            min={-5}
            max={-1}
            step={0.25}
            value={Math.log10(setup.alphaLearningRate)}
            aria-valuetext={short(setup.alphaLearningRate)}
            onInput={({ currentTarget: { valueAsNumber } }) =>
              laboratory.set({ alphaLearningRate: Number((10 ** valueAsNumber).toPrecision(2)) })
            }
          />
        </label>
        <div class="row">
          <NumberField laboratory={laboratory} name="initialAlpha" label="initial α" />
          <NumberField laboratory={laboratory} name="seed" label="seed" />
        </div>
        <div class="row">
          <NumberField laboratory={laboratory} name="alphaMin" label="α at least" />
          <NumberField laboratory={laboratory} name="alphaMax" label="α at most" />
        </div>
        <label class="field">
          <span>loss</span>
          <select
            value={setup.loss}
            onChange={({ currentTarget: { value } }) =>
              laboratory.set({ loss: value === "alpha" ? "alpha" : "log-alpha" })
            }
          >
            <option value="log-alpha">log α · g (Stable-Baselines3)</option>
            <option value="alpha">α · g (paper, CleanRL)</option>
          </select>
        </label>
      </section>
      <section>
        <h2>Break it</h2>
        <ul class="faults">
          {faultIds.map((id) => (
            <FaultSwitch key={id} id={id} setup={setup} laboratory={laboratory} />
          ))}
        </ul>
      </section>
    </aside>
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

const ALLOWED: Readonly<Record<NumberName, string>> = {
  seed: "an integer from 0 up",
  targetEntropy: "a number of nats",
  alphaLearningRate: "a number above 0",
  initialAlpha: "a number above 0",
  alphaMin: "a number above 0, not above the upper bound; empty for none",
  alphaMax: "a number above 0, not below the lower bound; empty for none",
};

function NumberField(props: { laboratory: Laboratory; name: NumberName; label: string }): JSX.Element {
  const { laboratory, name, label } = props;
  const setup = laboratory.setup.value;
  const [refused, refuse] = useState(false);
  const optional = defaultSetup[name] === undefined;
  const take = (text: string) => {
    const value = readNumber(name, text);
    const next = { ...setup, [name]: value };
    const missing = value === undefined && !(optional && text.trim() === "");
    const crossed = (next.alphaMin ?? 0) > (next.alphaMax ?? Number.POSITIVE_INFINITY);
    refuse(missing || crossed);
    if (!missing && !crossed && value !== setup[name]) laboratory.set({ [name]: value });
  };
  const help = useId();
  return (
    <label class="field">
      <span>{label}</span>
      <input
        type="text"
        inputMode={"integer" in limits[name] ? "numeric" : "decimal"}
        placeholder={optional ? "none" : ""}
        value={setup[name] === undefined ? "" : String(setup[name])}
        aria-invalid={refused}
        aria-describedby={help}
        onChange={({ currentTarget: { value } }) => take(value)}
      />
      <span id={help} class={refused ? "refused" : "unseen"}>
        {ALLOWED[name]}
      </span>
    </label>
  );
}
