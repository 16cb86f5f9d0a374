// The plan of a study: every run with its complete settings and an id that follows from them. The same file makes the
// same ids, so that what is done is known again; another setting, seed or version of tempered is another run.

import { createHash } from "node:crypto";
import { exp, log } from "../math/index.ts";
import { RandomStream } from "../random/index.ts";
import { settingsOf } from "../training/setting-names.ts";
import { type TrainConfig, type TrainSettings, trainConfig } from "../training/settings.ts";
import { ownVersion } from "../training/versions.ts";
import type { Halving } from "./halving.ts";
import { type Range, type Study, StudyError } from "./study.ts";
import { tooManyRuns } from "./study-size.ts";

/** One run of a plan: setting, environment, seed. */
export interface PlannedRun {
  /** 16 hexadecimal digits. */
  readonly id: string;
  readonly env: string;
  /** What sets it apart from the study's other runs beside environment and seed; "defaults" where nothing does. */
  readonly setting: string;
  readonly seed: number;
  readonly config: TrainConfig;
}

/** The runs of a study, before they begin. */
export interface Plan {
  readonly name: string;
  /** Of tempered; part of every id. */
  readonly version: string;
  /** Environment steps of a piece of work. */
  readonly segment: number;
  readonly runs: readonly PlannedRun[];
  readonly halving: Halving | undefined;
  /** Whether a run that the doctor finds decisively broken ends there. */
  readonly stopWhenBroken: boolean;
}

/** Settings that change nothing in what a run computes. */
const WITHOUT_EFFECT: readonly (keyof TrainConfig)[] = ["threads", "checkpointEvery"];

/** @throws StudyError where the runs are too many, the same twice, or a combination of settings cannot work */
export function planOf(study: Study): Plan {
  const { name, env, seeds, steps, segment } = study;
  const tooMany = tooManyRuns(study);
  if (tooMany) throw new StudyError("STUDY", tooMany.message);
  const version = ownVersion();
  const runs = settingsOfStudy(study).flatMap(({ label, settings }) =>
    env.flatMap((each) =>
      seeds.map((seed): PlannedRun => {
        const config = trainConfig({
          checkpointEvery: steps,
          // Runs beside each other keep all cores busy.
          threads: 1,
          ...study.settings,
          ...settings,
          env: each,
          steps,
          seed,
        });
        return { id: idOf(config, version), env: each, setting: label, seed, config };
      }),
    ),
  );
  const seen = new Map<string, PlannedRun>();
  for (const run of runs) {
    const other = seen.get(run.id);
    if (other) {
      throw new StudyError(
        "STUDY",
        `Expected runs that differ, got "${other.setting}" and "${run.setting}" with seed ${run.seed}, which are the ` +
          "same; leave one of them out",
      );
    }
    if (run.config.checkpointEvery === 0) {
      throw new StudyError(
        "STUDY",
        "Expected checkpoints, from which runs go on, got checkpointEvery = 0; leave it out",
      );
    }
    seen.set(run.id, run);
  }
  return { name, version, segment, runs, halving: study.halving, stopWhenBroken: study.stopWhenBroken };
}

/** Of settings, seed and version, whatever the order in which they are written. */
export function idOf(config: TrainConfig, version: string): string {
  const deciding = Object.entries(config)
    .filter(([name]) => !WITHOUT_EFFECT.includes(name as keyof TrainConfig))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256")
    .update(JSON.stringify([version, deciding]))
    .digest("hex")
    .slice(0, 16);
}

interface Labelled {
  readonly label: string;
  readonly settings: TrainSettings;
}

/** Every combination of grid, draws and list, with a name. */
function settingsOfStudy(study: Study): Labelled[] {
  let all: { name: string | undefined; settings: TrainSettings }[] = [{ name: undefined, settings: {} }];
  const combine = (others: readonly { name?: string | undefined; settings: TrainSettings }[]) => {
    all = all.flatMap((one) =>
      others.map(({ name, settings }) => ({
        name: [one.name, name ?? textOf(settings)].filter(Boolean).join(" ") || undefined,
        settings: { ...one.settings, ...settings },
      })),
    );
  };
  if (study.list.length > 0) combine(study.list);
  for (const { values } of study.grid) combine(values.map((settings) => ({ settings })));
  if (study.random.length > 0) combine(draws(study).map((settings) => ({ settings })));
  return all.map(({ name, settings }) => ({ label: name ?? "defaults", settings }));
}

function draws({ random, samples, searchSeed }: Study): TrainSettings[] {
  const streams = random.map(({ key }) => new RandomStream(searchSeed, `search ${key}`));
  return Array.from({ length: samples }, () =>
    Object.assign({}, ...random.map((range, i) => drawn(range, streams[i]!))),
  );
}

function drawn(range: Range, random: RandomStream): TrainSettings {
  if ("choices" in range) return random.choice(range.choices);
  const { key, low, high, scale } = range;
  const value =
    scale === "log" ? exp(random.uniformBetween(log(low), log(high))) : random.uniformBetween(low, high);
  return settingsOf({ [key]: Number(value.toPrecision(4)) });
}

function textOf(settings: TrainSettings): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${valueText(value)}`)
    .join(" ");
}

function valueText(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value)) return value.join(",");
  const { shape, start, end, steps } = value as Record<string, unknown>;
  return `${shape}:${start}→${end}/${steps}`;
}
