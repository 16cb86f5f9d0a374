// What can be done with the run, and how far it is.

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { short } from "../../../src/text/numbers.ts";
import { ThemeButton } from "../../shared/theme-button.tsx";
import type { Laboratory } from "../laboratory.ts";
import { tasks } from "../tasks.ts";

const SPEEDS = [
  { rate: Number.POSITIVE_INFINITY, label: "full speed" },
  { rate: 200, label: "200 updates/s" },
  { rate: 20, label: "20 updates/s" },
  { rate: 2, label: "2 updates/s" },
] as const;

export function TopBar({ laboratory }: { laboratory: Laboratory }): JSX.Element {
  const copied = useSignal(false);
  const running = laboratory.running.value;
  useShortcuts(laboratory);
  const share = async () => {
    await navigator.clipboard.writeText(location.href);
    copied.value = true;
    setTimeout(() => {
      copied.value = false;
    }, 2000);
  };
  return (
    <header class="top">
      <h1>
        tempered <span class="accent">lab</span>
      </h1>
      <Status laboratory={laboratory} />
      <div class="buttons" role="toolbar" aria-label="Run">
        <button
          type="button"
          class="primary"
          aria-keyshortcuts="k"
          onClick={() => (running ? laboratory.pause() : laboratory.resume())}
        >
          {running ? "Pause" : "Go on"}
        </button>
        <button
          type="button"
          aria-keyshortcuts="."
          title="One step of the environment and one update"
          onClick={() => laboratory.step()}
        >
          One update
        </button>
        <button
          type="button"
          title="A new agent, same settings, same faults"
          onClick={() => laboratory.start()}
        >
          Start over
        </button>
        <button
          type="button"
          title="A new agent, default settings, no faults"
          onClick={() => laboratory.reset()}
        >
          Reset
        </button>
        <label>
          <span class="unseen">Speed</span>
          <select
            value={String(laboratory.updatesPerSecond.value)}
            onChange={(event) => laboratory.setSpeed(Number(event.currentTarget.value))}
          >
            {SPEEDS.map(({ rate, label }) => (
              <option key={label} value={String(rate)}>
                {label}
              </option>
            ))}
          </select>
        </label>
        <span class="gap" />
        <button
          type="button"
          title="Copies an address that opens the lab with these settings"
          onClick={share}
        >
          <span aria-live="polite">{copied.value ? "Copied" : "Copy link"}</span>
        </button>
        <button
          type="button"
          title="Downloads agent.json and its weights (safetensors)"
          onClick={() => laboratory.exportAgent()}
        >
          Export agent
        </button>
        <ThemeButton />
      </div>
    </header>
  );
}

function Status({ laboratory }: { laboratory: Laboratory }): JSX.Element {
  const progress = laboratory.progress.value;
  const { solvedFrom } = tasks[laboratory.setup.value.task];
  if (!progress) return <p class="status dim">making an agent …</p>;
  const { step, updatesPerSecond, recentReturn, solved, seconds } = progress;
  return (
    <p class="status numeric">
      <span>
        step <b>{step.toLocaleString("en-US")}</b>
      </span>
      <span>
        <b>{Math.round(updatesPerSecond).toLocaleString("en-US")}</b> updates/s
      </span>
      <span>
        return <b>{short(recentReturn)}</b>
      </span>
      <span id="solved" data-solved={solved !== undefined} aria-live="polite">
        {solved ? (
          <>
            <b class="good">solved</b> after {solved.seconds.toFixed(1)} s
          </>
        ) : (
          <span class="dim">
            {seconds.toFixed(0)} s · solved from {String(solvedFrom).replace("-", "−")}
          </span>
        )}
      </span>
    </p>
  );
}

/** "k" pauses and goes on, "." makes one update; not while something is typed or chosen. */
function useShortcuts(laboratory: Laboratory): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.target instanceof HTMLElement && event.target.closest("input, select, textarea")) return;
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "k") laboratory.running.peek() ? laboratory.pause() : laboratory.resume();
      else if (event.key === ".") laboratory.step();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, [laboratory]);
}
