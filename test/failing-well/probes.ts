// Does to a built checkout what once made it fall, lose a run, or believe a file, and prints how it takes that:
//
//   npx tsx test/failing-well/probes.ts [CHECKOUT] [--item N]
//
// CHECKOUT is a directory with dist/ in it; default this one. Exit code 1 where anything goes badly. README.md beside this says
// which test of the suite shows each item, too.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { Checkout } from "./checkout.ts";
import { fileProbes } from "./file-probes.ts";
import { outputProbes } from "./output-probes.ts";

const { positionals, values } = parseArgs({ allowPositionals: true, options: { item: { type: "string" } } });
const path = resolve(positionals[0] ?? join(import.meta.dirname, "../.."));
const scratch = mkdtempSync(join(tmpdir(), "tempered-failing-well-"));
const probes = [...outputProbes, ...fileProbes].filter(
  ({ item }) => !values.item || `${item}` === values.item,
);

let bad = 0;
try {
  for (const [i, { item, what, try: probe }] of probes.entries()) {
    const complaint = await probe(new Checkout(path, join(scratch, `${i}`), join(scratch, "made"))).catch(
      (error: Error) => `the probe fails: ${error.message}`,
    );
    if (complaint !== undefined) bad++;
    console.log(
      `${`${item}`.padStart(2)}  ${what.padEnd(50)}  ${complaint === undefined ? "well" : `BADLY  ${complaint}`}`,
    );
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
const items = new Set(probes.map(({ item }) => item));
console.log(`${probes.length} probes of ${items.size} items: ${probes.length - bad} well, ${bad} badly`);
process.exit(bad > 0 ? 1 : 0);
