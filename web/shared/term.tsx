// Words that not everybody knows, explained where they stand: under the cursor, with the keyboard's focus, or by a tap.

import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { useId } from "preact/hooks";
import { realMinus } from "../../src/text/numbers.ts";

const GLOSSARY: Readonly<Record<string, string>> = {
  nat: "The unit of entropy when logarithms are natural ones: 1 nat is 1.44 bits. An action spread evenly over half of its range has log 2 = 0.69 nats less than one spread over all of it.",
  "e-fold":
    "A factor of e = 2.718: α that falls from 1 to 0.37 has fallen by one e-fold. log α changes by 1.",
  gap: "g = H − H̄: how many nats the policy's entropy is above its target. Above 0 α should fall, below 0 it should rise; at 0 it rests.",
  entropy:
    "H = −mean log π: how random the policy's actions are, in nats. 0.69 a dimension is an even spread over [−1, 1]; the more certain the policy, the further below 0.",
  temperature:
    "α: what a nat of randomness is worth in units of the return. At a high α all actions are nearly as good, at a low one only the best counts.",
};

/** How the words stand in texts; longer ones first. */
const WORDS = /\b(e-folds?|nats?|gap|entropy)\b([,.;:)]*)/g;
const KEYS: Readonly<Record<string, string>> = { nats: "nat", "e-folds": "e-fold" };

const open = signal<{ readonly id: string; readonly text: string; readonly box: DOMRect } | undefined>(
  undefined,
);

export function Term({ word, children }: { word: string; children?: string }): JSX.Element {
  const id = useId();
  const text = GLOSSARY[word]!;
  const show = ({ currentTarget }: { currentTarget: HTMLElement }) => {
    open.value = { id, text, box: currentTarget.getBoundingClientRect() };
  };
  const hide = () => {
    if (open.peek()?.id === id) open.value = undefined;
  };
  return (
    <button
      type="button"
      class="term"
      aria-description={text}
      onPointerEnter={show}
      onPointerLeave={hide}
      onFocus={show}
      onClick={show}
      onBlur={hide}
      onKeyDown={({ key }) => key === "Escape" && hide()}
    >
      {children ?? word}
    </button>
  );
}

/** The text with the first mention of each word of the glossary explained, and minus signs for hyphens before numbers. */
export function withTerms(said: string): (JSX.Element | string)[] {
  const text = realMinus(said);
  const parts: (JSX.Element | string)[] = [];
  const seen = new Set<string>();
  let at = 0;
  for (const match of text.matchAll(WORDS)) {
    const [all, word, marks] = match as unknown as [string, string, string];
    const key = KEYS[word] ?? word;
    if (seen.has(key)) continue;
    seen.add(key);
    // No comma begins a line.
    const term = (
      <span class="unbroken">
        <Term word={key}>{word}</Term>
        {marks}
      </span>
    );
    parts.push(text.slice(at, match.index), term);
    at = match.index + all.length;
  }
  return [...parts, text.slice(at)];
}

const WIDTH = 290;

/** Where explanations appear; once on a page. */
export function Explanation(): JSX.Element | null {
  const shown = open.value;
  if (!shown) return null;
  const { box, text } = shown;
  const width = Math.min(WIDTH, innerWidth - 16);
  const left = Math.max(8, Math.min(box.left, innerWidth - width - 8));
  const above = box.bottom + 130 > innerHeight;
  return (
    <div
      class="explanation"
      role="tooltip"
      style={{
        width: `${width}px`,
        left: `${left}px`,
        ...(above ? { bottom: `${innerHeight - box.top + 6}px` } : { top: `${box.bottom + 6}px` }),
      }}
    >
      {text}
    </div>
  );
}
