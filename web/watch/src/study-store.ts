// The study of the watched folder, asked for as long as the page is open: what a sweep planned, as the server sees it now.

import { computed, effect, signal } from "@preact/signals";
import type { StudySetting, StudyView } from "../../../src/curves/study-protocol.ts";
import { connection, showOnly, studyNames } from "./store.ts";

/** Null where the folder is no study's; undefined before the server has said. */
export const study = signal<StudyView | null | undefined>(undefined);
/** The environment that is shown, where there are several. */
export const chosenEnv = signal<string | undefined>(undefined);
/** The setting that stands out. */
export const focused = signal<string | undefined>(undefined);

const ASK_MS = 2000;
/** A folder may become a study's while the page is open. */
const ASK_SELDOM_MS = 10_000;

export const envs = computed(() => [...new Set(study.value?.settings.map(({ env }) => env))]);
export const env = computed(() =>
  envs.value.includes(chosenEnv.value ?? "") ? chosenEnv.value : envs.value[0],
);
export const settings = computed(
  () => study.value?.settings.filter((setting) => setting.env === env.value) ?? [],
);

export function followStudy(): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = true;
  const ask = async () => {
    try {
      const answer = await fetch("api/study");
      if (answer.ok) study.value = (await answer.json()) as StudyView | null;
      nameRuns();
    } catch {
      // The stream of events tells that the connection is lost.
    }
    if (!stopped) timer = setTimeout(ask, study.value ? ASK_MS : ASK_SELDOM_MS);
  };
  effect(() => {
    clearTimeout(timer);
    stopped = connection.value !== "live";
    if (!stopped) void ask();
  });
}

/** By what sets them apart: setting and seed, and the environment where there are several. */
function nameRuns(): void {
  const names = new Map<string, string>();
  for (const { env, setting, runs } of study.value?.settings ?? [])
    for (const { run, seed } of runs)
      if (run !== undefined)
        names.set(run, [setting, ...(envs.value.length > 1 ? [env] : []), `seed ${seed}`].join(" · "));
  const before = studyNames.peek();
  if (names.size !== before.size || [...names].some(([id, name]) => before.get(id) !== name))
    studyNames.value = names;
}

/** Shows a setting's runs in the charts below, and lets it stand out. */
export function choose({ setting, runs }: StudySetting): void {
  const again = focused.value === setting;
  focused.value = again ? undefined : setting;
  const ids = runs.flatMap(({ run }) => run ?? []);
  if (!again && ids.length > 0) showOnly(ids);
}
