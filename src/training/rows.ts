// What the doctor looks at in a row of metrics; quantities that a row does not have are missing.

import type { WatchedRow } from "../doctor/index.ts";
import { ownTags } from "../metrics/table.ts";
import type { Metrics } from "../runs/metrics-line.ts";

export function watchedRow(row: Metrics): WatchedRow {
  const quantities = Object.entries(ownTags).flatMap(([quantity, tag]) =>
    tag in row ? [[quantity, row[tag]!]] : [],
  );
  return { updates: 0, ...Object.fromEntries(quantities) };
}
