// What stands where there is nothing to show yet.

import type { JSX } from "preact";
import { folder } from "./store.ts";

export function Empty(): JSX.Element {
  return (
    <section class="empty" aria-labelledby="empty-title">
      <h2 id="empty-title">No runs here yet</h2>
      <p>
        Nothing below <code>{folder.value}</code> looks like the log of a Soft Actor-Critic run. The first one
        appears here by itself, as soon as it is written.
      </p>
      <pre>tempered train Pendulum-v1</pre>
      <p class="dim">
        Logs of Stable-Baselines3, CleanRL, RLlib, rlkit, Tianshou, skrl, d3rlpy and other programs are read
        too: TensorBoard event files, CSV, JSON lines, or printed text.
      </p>
    </section>
  );
}

export function Loading(): JSX.Element {
  return (
    <section class="loading" aria-busy="true">
      <p class="notice">Reading logs…</p>
      <div class="grid">
        {[0, 1, 2, 3].map((key) => (
          <div class="placeholder" key={key} />
        ))}
      </div>
    </section>
  );
}
