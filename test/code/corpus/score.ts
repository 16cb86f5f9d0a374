// Prints how the reader does on one half of the programs: `npx tsx test/code/corpus/score.ts [development|held-out] [--misses] [--faults]`.

import { development } from "./development.ts";
import { heldOut } from "./held-out.ts";
import { measure, type Share } from "./measure.ts";

const half = process.argv.includes("held-out") ? "held-out" : "development";
const variants = half === "held-out" ? heldOut : development;
const { silent, found, second, facts, misses, faults } = measure(half, variants);
const percent = ({ good, of }: Share) => `${((100 * good) / of).toFixed(1)} % (${good} of ${of})`;
if (process.argv.includes("--misses")) console.log(misses.join("\n"));
if (process.argv.includes("--faults")) {
  for (const [fault, { good, of }] of faults) console.log(`${`${good}/${of}`.padStart(6)} ${fault}`);
}
console.log(
  `${half}, ${variants.length} programs: silent on right ${percent(silent)}, faults found ${percent(found)}, ` +
    `second findings ${percent(second)}, facts ${percent(facts)}`,
);
