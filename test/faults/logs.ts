// Reads the committed logs of the suite back.

import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import type { Run } from "./suite.ts";
import type { Log } from "./train.ts";

export function readLog({ name }: Pick<Run, "name">): Log | undefined {
  const file = new URL(`logs/${name}.csv.gz`, import.meta.url);
  if (!existsSync(file)) return undefined;
  const [header, ...lines] = gunzipSync(readFileSync(file)).toString().trim().split("\n");
  return { names: header!.split(","), rows: lines.map((line) => line.split(",").map(Number)) };
}
