// What this page is, in a sentence, and the four steps to try first.

import { useSignal, useSignalEffect } from "@preact/signals";
import type { JSX } from "preact";
import { Term, withTerms } from "../../shared/term.tsx";
import type { Laboratory } from "../laboratory.ts";
import { type TourStep, tour, tourProgress } from "../tour.ts";

export function Opening({ laboratory }: { laboratory: Laboratory }): JSX.Element {
  const done = useSignal(0);
  useSignalEffect(() => {
    const { history } = laboratory.progress.value ?? {};
    const finding = laboratory.diagnosis.value?.findings[0]?.id;
    if (!history) return;
    done.value = tourProgress(done.peek(), { setup: laboratory.setup.value, history, finding });
  });
  return (
    <section class="opening" aria-label="What this is">
      <p class="lead">
        A Soft Actor-Critic agent learns in this page, from nothing, while you watch. One number, the{" "}
        <Term word="temperature">temperature α</Term>, sets how much it explores: see it steer, break it, mend
        it. Nothing leaves your browser.
      </p>
      <details class="tour" open>
        <summary>
          Try this first <span class="dim small">{done.value} of 4 done</span>
        </summary>
        <ol>
          {tour.map((step, i) => (
            <Step
              key={step.title}
              step={step}
              state={i < done.value ? "done" : i === done.value ? "now" : "later"}
              laboratory={laboratory}
            />
          ))}
        </ol>
        {done.value === tour.length && (
          <p class="small">
            That is all there is to α. Now break something else, or drop a log of your own below.
          </p>
        )}
      </details>
    </section>
  );
}

function Step(props: {
  step: TourStep;
  state: "done" | "now" | "later";
  laboratory: Laboratory;
}): JSX.Element {
  const { step, state, laboratory } = props;
  const { title, text, seen, action } = step;
  return (
    <li data-state={state} aria-current={state === "now" ? "step" : undefined}>
      <b>
        {title}
        {state === "done" && <span class="unseen"> (done)</span>}
      </b>
      <p class="small">{state === "done" ? seen : withTerms(text)}</p>
      {state === "now" && action && (
        <button type="button" onClick={() => laboratory.set(action.change(laboratory.setup.peek()))}>
          {action.label}
        </button>
      )}
      {state === "now" && !action && <span class="small dim waiting">Some 20 seconds …</span>}
    </li>
  );
}
