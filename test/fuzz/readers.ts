// Reads thousands of broken logs and says what came of them:
//   npx tsx test/fuzz/readers.ts [COUNT] [FIRST]
// COUNT cases (default 10,000) from case FIRST (default 0). Fails with the case's number at the first broken promise.

import { checkCase } from "./check.ts";
import { fuzzCase } from "./mutate.ts";

const LIMIT_MS = 2000;
const count = Number(process.argv[2] ?? 10_000);
const first = Number(process.argv[3] ?? 0);
const outcomes = { series: 0, error: 0 };
let slowest = { ms: 0, name: "" };
for (let index = first; index < first + count; index++) {
  const fuzz = fuzzCase(index);
  const begin = process.cpuUsage();
  try {
    outcomes[await checkCase(fuzz)]++;
  } catch (error) {
    console.error(`case ${index} (${fuzz.name}) failed:`, error);
    process.exit(1);
  }
  const { user, system } = process.cpuUsage(begin);
  const ms = (user + system) / 1000;
  if (ms > slowest.ms) slowest = { ms, name: `case ${index} (${fuzz.name})` };
  if (ms > LIMIT_MS) {
    console.error(`case ${index} (${fuzz.name}) took ${ms.toFixed(0)} ms of processor time`);
    process.exit(1);
  }
}
const rss = (process.resourceUsage().maxRSS / 1024).toFixed(0);
console.log(`${count} broken logs: ${outcomes.series} gave series, ${outcomes.error} a one-line error`);
console.log(`slowest ${slowest.ms.toFixed(0)} ms: ${slowest.name}; largest RSS ${rss} MB`);
