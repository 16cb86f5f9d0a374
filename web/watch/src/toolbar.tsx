// How the charts show what they show, and whether what they show is live.

import type { JSX } from "preact";
import type { Axis } from "../../../src/curves/protocol.ts";
import { ThemeButton } from "../../shared/theme-button.tsx";
import { axesThere, axis, chooseAxis, connection, group, scanning, smoothing, trouble } from "./store.ts";

const AXIS_NAMES: Readonly<Record<Axis, string>> = { step: "Steps", updates: "Updates", time: "Time" };
const CONNECTION = { connecting: "connecting", live: "live", lost: "connection lost, trying again" } as const;

export function Toolbar(): JSX.Element {
  const state = connection.value;
  return (
    <div class="toolbar" role="toolbar" aria-label="Charts">
      <fieldset class="segments">
        <legend class="unseen">Horizontal axis</legend>
        {(["step", "updates", "time"] as const).map((name) => (
          <label key={name} class={axesThere.value.includes(name) ? "" : "off"}>
            <input
              type="radio"
              name="axis"
              checked={axis.value === name}
              disabled={!axesThere.value.includes(name)}
              onChange={() => chooseAxis(name)}
            />
            <span>{AXIS_NAMES[name]}</span>
          </label>
        ))}
      </fieldset>
      <label class="slider">
        Smoothing
        <input
          type="range"
          min="0"
          max="0.99"
          step="0.01"
          value={smoothing.value}
          onInput={(event) => {
            smoothing.value = event.currentTarget.valueAsNumber;
          }}
        />
        <output class="numeric">{smoothing.value.toFixed(2)}</output>
      </label>
      {group.zoom.value && (
        <button
          type="button"
          onClick={() => {
            group.zoom.value = undefined;
          }}
        >
          Show everything
        </button>
      )}
      <span class="space" />
      {trouble.value && (
        <span class="trouble" role="alert">
          {trouble.value}
        </span>
      )}
      <span class={`connection ${state}`} role="status">
        <i aria-hidden="true" />
        {state === "live" && scanning.value !== false ? "reading logs" : CONNECTION[state]}
      </span>
      <ThemeButton />
    </div>
  );
}
