// The temperature's update with the numbers of the latest one filled in, and its sign in words.

import type { JSX } from "preact";
import { alike, short, signed } from "../../../src/text/numbers.ts";
import { Term } from "../../shared/term.tsx";
import { explain } from "../explain.ts";
import { effectsOf } from "../faults.ts";
import type { Laboratory } from "../laboratory.ts";
import { tasks } from "../tasks.ts";

export function Mathematics({ laboratory }: { laboratory: Laboratory }): JSX.Element {
  const update = laboratory.progress.value?.update;
  return (
    <section class="card mathematics" id="mathematics">
      <h2>
        One update <small class="dim">mathematics</small>
      </h2>
      {update ? <Filled laboratory={laboratory} /> : <p class="small dim">No update yet.</p>}
    </section>
  );
}

function Filled({ laboratory }: { laboratory: Laboratory }): JSX.Element {
  const update = laboratory.progress.value!.update!;
  const setup = laboratory.setup.value;
  const effects = effectsOf(setup.faults, tasks[setup.task].actionSize);
  const { logProb, targetEntropy, gap, gradient, direction, learningRate, logAlpha, newLogAlpha } = update;
  const { wanted, instead, wrong } = explain(update, effects);
  const onAlpha = setup.loss === "alpha";
  const minus = effects.inverted ? "−" : "";
  const [before, after] = alike(Math.exp(logAlpha), Math.exp(newLogAlpha));
  return (
    <>
      <dl class="numeric">
        <dt>
          <Term word="entropy" />
        </dt>
        <dd>
          H = −mean log π = <b>{short(-logProb)}</b>
        </dd>
        <dt>
          <Term word="gap" />
        </dt>
        <dd>
          g = H − H̄ = {short(-logProb)} − ({short(targetEntropy)}) = <b>{signed(gap)}</b>
        </dd>
        <dt>gradient</dt>
        <dd class={effects.inverted ? "wrong" : ""}>
          ∂J/∂log α = {minus}
          {onAlpha ? "α·g" : "g"} = <b>{signed(gradient)}</b>
        </dd>
        <dt>step</dt>
        <dd>
          Δ log α = −{short(learningRate)} · m̂/√v̂ = −{short(learningRate)} · ({short(direction)}) ={" "}
          <b>{signed(newLogAlpha - logAlpha)}</b>
        </dd>
        <dt>α</dt>
        <dd>
          {before} → <b>{after}</b>{" "}
          <span aria-hidden="true">{newLogAlpha > logAlpha ? "↑" : newLogAlpha < logAlpha ? "↓" : "→"}</span>
        </dd>
      </dl>
      <p class="small">{wanted}</p>
      {instead && <p class={wrong ? "small wrong" : "small dim"}>{instead}</p>}
    </>
  );
}
