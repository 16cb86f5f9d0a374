// Settings of `train` as people write them: under their own names or those that other programs use (`learning_rate`, `lr`,
// `ent_coef = "auto_0.1"`, `[policy_kwargs] net_arch = …`), in tables or flat.

import { unsupported } from "../agent/unsupported.ts";
import { TemperedError } from "../errors.ts";
import { nearestName } from "../text/nearest-name.ts";
import { type FieldName, fieldNames, metaOf, type TrainSettings, trainSchema } from "./settings.ts";

/** Settings by their own names. @throws TemperedError (CONFIG) */
export function settingsOf(content: unknown): TrainSettings {
  if (!isTable(content))
    throw new TemperedError("CONFIG", `expected keys and values, got ${JSON.stringify(content)}`);
  const settings: Partial<Record<FieldName, unknown>> = {};
  const keys = new Map<FieldName, string>();
  const set = (name: FieldName, key: string, value: unknown) => {
    if (keys.has(name)) {
      throw new TemperedError(
        "CONFIG",
        `${key} and ${keys.get(name)} are the same setting; leave one of them out`,
      );
    }
    keys.set(name, key);
    settings[name] = value;
  };
  for (const [key, value] of entries(content)) {
    const answer = unsupported(key) ?? (typeof value === "string" ? unsupported(value) : undefined);
    if (answer !== undefined && value !== false) throw new TemperedError("CONFIG", `${key}: ${answer}`);
    if (answer !== undefined) continue;
    const name = fieldOf(key);
    const start = name === "alpha" && typeof value === "string" ? /^auto_(.+)$/.exec(value) : null;
    set(name, key, start ? "auto" : value);
    if (start) set("initialAlpha", key, Number(start[1]));
  }
  for (const [name, value] of Object.entries(settings)) {
    const { success, error } = trainSchema.shape[name as FieldName].safeParse(value);
    if (!success)
      throw new TemperedError(
        "CONFIG",
        `${keys.get(name as FieldName)}: ${error.issues[0]?.message ?? error.message}`,
      );
  }
  return settings as TrainSettings;
}

/** Keys of nested tables as `table.key`; a schedule of the target entropy is a value, not a table. */
function* entries(table: Table, prefix = ""): Generator<[string, unknown]> {
  for (const [key, value] of Object.entries(table)) {
    const path = `${prefix}${key}`;
    if (isTable(value) && names.get(spelling(path)) === undefined) yield* entries(value, `${path}.`);
    else yield [path, value];
  }
}

type Table = Readonly<Record<string, unknown>>;

function isTable(value: unknown): value is Table {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

/** Every accepted name, as `spelling` writes it. */
const names: ReadonlyMap<string, FieldName> = new Map(
  fieldNames.flatMap((name) =>
    [name, ...(metaOf(name).aliases ?? [])].map((n) => [spelling(n), name] as const),
  ),
);

function spelling(name: string): string {
  return name.replaceAll(/[-_]/g, "").toLowerCase();
}

/** The setting that somebody means by that name, whoever's name it is. */
export function settingNamed(name: string): FieldName | undefined {
  return names.get(spelling(name));
}

function fieldOf(key: string): FieldName {
  const name = settingNamed(key);
  if (name !== undefined) return name;
  const known = fieldNames.flatMap((field) => [field, ...(metaOf(field).aliases ?? [])]);
  const nearest = nearestName(
    key,
    known.filter((candidate) => candidate.includes(".") === key.includes(".")),
  );
  throw new TemperedError(
    "CONFIG",
    `there is no setting "${key}"; ` +
      (nearest === undefined ? `there are ${fieldNames.join(", ")}` : `did you mean "${nearest}"?`),
  );
}
