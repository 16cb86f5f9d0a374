// Colours for canvases, which do not know CSS variables: resolved once and again when the theme changes. Lines beyond
// the eighth take a colour again with another dash, so that 24 are told apart.

import { effect, signal } from "@preact/signals";

export type Theme = "system" | "light" | "dark";

const THEME_KEY = "tempered-theme";
const COLORS = 8;
const DASHES: readonly (readonly number[])[] = [[], [7, 3], [2, 2.5]];

/** What the reader chose; "system" follows the system. Kept between visits. */
export const theme = signal<Theme>(storedTheme());
/** Rises whenever colours may have changed; read it wherever something is drawn. */
export const paletteVersion = signal(0);

const resolved = new Map<string, string>();

/** The value of a CSS colour such as `var(--line-1)`, as canvases take it. */
export function resolveColor(css: string): string {
  let color = resolved.get(css);
  if (color === undefined) {
    const probe = document.createElement("i");
    probe.style.color = css;
    document.body.append(probe);
    color = getComputedStyle(probe).color;
    probe.remove();
    resolved.set(css, color);
  }
  return color;
}

export interface LineStyle {
  /** CSS colour. */
  readonly color: string;
  readonly dash: readonly number[];
}

/** @param index of the line, from 0 */
export function lineStyle(index: number): LineStyle {
  const dash = DASHES[Math.floor(index / COLORS) % DASHES.length]!;
  return { color: `var(--line-${(index % COLORS) + 1})`, dash };
}

/** Makes the page follow `theme` and the system. Call once. */
export function followTheme(): void {
  const changed = () => {
    resolved.clear();
    paletteVersion.value = paletteVersion.peek() + 1;
  };
  effect(() => {
    const chosen = theme.value;
    if (chosen === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = chosen;
    try {
      localStorage.setItem(THEME_KEY, chosen);
    } catch {
      // Storage may be forbidden; the choice then lasts as long as the page.
    }
    changed();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", changed);
}

function storedTheme(): Theme {
  try {
    const stored = localStorage.getItem(THEME_KEY);
    return stored === "light" || stored === "dark" ? stored : "system";
  } catch {
    return "system";
  }
}
