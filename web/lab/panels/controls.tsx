// What can be set: the task and the temperature. The temperature's settings act at once, on the agent that is
// learning; task, seed and initial α begin a new one.

import type { JSX } from "preact";
import { useEffect, useId, useState } from "preact/hooks";
import { short } from "../../../src/text/numbers.ts";
import type { Laboratory } from "../laboratory.ts";
import { defaultSetup, limits, type NumberName, readNumber, targetOf } from "../setup.ts";
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
        <NumberFields laboratory={laboratory} fields={STARTS} />
        <NumberFields laboratory={laboratory} fields={BOUNDS} />
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
    </aside>
  );
}

/** What a refused field asks for; short, since its line is always kept free. */
const ALLOWED: Readonly<Record<NumberName, string>> = {
  seed: "a whole number from 0 up",
  targetEntropy: "a number of nats",
  alphaLearningRate: "a number above 0",
  initialAlpha: "a number above 0",
  alphaMin: "above 0, at most the other; or empty",
  alphaMax: "above 0, at least the other; or empty",
};

interface Field {
  readonly name: NumberName;
  readonly label: string;
}

const STARTS: readonly Field[] = [
  { name: "initialAlpha", label: "initial α" },
  { name: "seed", label: "seed" },
];
const BOUNDS: readonly Field[] = [
  { name: "alphaMin", label: "α at least" },
  { name: "alphaMax", label: "α at most" },
];

/** Fields side by side, over a line that says what a refused one asks for: it is there from the start, so nothing jumps. */
function NumberFields({
  laboratory,
  fields,
}: {
  laboratory: Laboratory;
  fields: readonly Field[];
}): JSX.Element {
  const [refused, refuse] = useState<Field | undefined>(undefined);
  const help = useId();
  return (
    <div class="row">
      {fields.map((field) => (
        <NumberField
          key={field.name}
          laboratory={laboratory}
          field={field}
          help={help}
          refused={refused === field}
          onRefused={(is) => refuse((now) => (is ? field : now === field ? undefined : now))}
        />
      ))}
      <span id={help} class="refused" aria-live="polite">
        {refused && `${refused.label}: ${ALLOWED[refused.name]}`}
      </span>
    </div>
  );
}

interface NumberFieldProps {
  readonly laboratory: Laboratory;
  readonly field: Field;
  readonly help: string;
  readonly refused: boolean;
  onRefused(is: boolean): void;
}

function NumberField({ laboratory, field, help, refused, onRefused }: NumberFieldProps): JSX.Element {
  const { name, label } = field;
  const setup = laboratory.setup.value;
  // What was refused stays to be mended, until the setting or the run changes otherwise.
  const [draft, keep] = useState<string | undefined>(undefined);
  const run = laboratory.run.value;
  useEffect(() => {
    keep(undefined);
    onRefused(false);
  }, [run, setup[name]]);
  const optional = defaultSetup[name] === undefined;
  const take = (text: string) => {
    const value = readNumber(name, text);
    const next = { ...setup, [name]: value };
    const missing = value === undefined && !(optional && text.trim() === "");
    const crossed = (next.alphaMin ?? 0) > (next.alphaMax ?? Number.POSITIVE_INFINITY);
    keep(missing || crossed ? text : undefined);
    onRefused(missing || crossed);
    if (!missing && !crossed && value !== setup[name]) laboratory.set({ [name]: value });
  };
  return (
    <label class="field">
      <span>{label}</span>
      <input
        type="text"
        inputMode={"integer" in limits[name] ? "numeric" : "decimal"}
        placeholder={optional ? "none" : ""}
        value={draft ?? (setup[name] === undefined ? "" : String(setup[name]))}
        aria-invalid={refused}
        aria-describedby={refused ? help : undefined}
        onChange={({ currentTarget: { value } }) => take(value)}
      />
    </label>
  );
}
