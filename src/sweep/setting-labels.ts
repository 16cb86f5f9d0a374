// What tells a study's settings apart in a table: of targetEntropy=-1 gamma=0.9 and targetEntropy=-2 gamma=0.9 the keys that
// all have go into the table's head, and "-1 · 0.9" and "-2 · 0.9" are left for its rows.

export interface SettingLabels {
  /** Of the column. */
  readonly head: string;
  of(setting: string): string;
}

export function settingLabels(settings: readonly string[]): SettingLabels {
  const [first = [], ...others] = settings.map(partsOf);
  const keys = first.map((part, k) => {
    const key = keyOf(part);
    return others.every((parts) => keyOf(parts[k]) === key) ? key : undefined;
  });
  const isAlike = others.every((parts) => parts.length === first.length);
  if (!isAlike || keys.every((key) => key === undefined))
    return { head: "setting", of: (setting) => setting };
  return {
    head: keys.map((key) => key ?? "setting").join(" · "),
    of: (setting) =>
      partsOf(setting)
        .map((part, k) => (keys[k] === undefined ? part : part.slice(keys[k].length + 1)))
        .join(" · "),
  };
}

/** A name, and what is written as key=value. */
function partsOf(setting: string): string[] {
  return setting.split(/ (?=\w+=)/);
}

function keyOf(part: string | undefined): string | undefined {
  return /^\w+(?==)/.exec(part ?? "")?.[0];
}
