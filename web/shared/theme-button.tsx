// Light, dark, or as the system is: a press takes the next.

import type { JSX } from "preact";
import { type Theme, theme } from "./colors.ts";

const NEXT: Readonly<Record<Theme, Theme>> = { system: "light", light: "dark", dark: "system" };
const NAMES: Readonly<Record<Theme, string>> = { system: "Auto", light: "Light", dark: "Dark" };

export function ThemeButton(): JSX.Element {
  return (
    <button
      type="button"
      class="theme"
      title="Colours: light, dark, or as the system is"
      onClick={() => {
        theme.value = NEXT[theme.value];
      }}
    >
      <svg width="13" height="13" viewBox="0 0 14 14" aria-hidden="true">
        <circle cx="7" cy="7" r="6" fill="none" stroke="currentColor" stroke-width="1.5" />
        <path d="M7 1a6 6 0 0 1 0 12z" fill="currentColor" />
      </svg>
      <span class="unseen">Colours: </span>
      <span class="theme-name">{NAMES[theme.value]}</span>
    </button>
  );
}
