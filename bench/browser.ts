// The wasm engine in Chromium, on a page that is cross-origin isolated, so that threads can share memory: updates a second in
// both arithmetics on one and two threads, trained in the page itself and in a worker of it. Best turns count, as on a
// machine where nothing else runs.
//
//   npx tsx bench/browser.ts [--seconds 20] [--threads 1,2] [--out FILE]
//       [--observation-dim 17] [--action-dim 6] [--hidden 256,256] [--batch 256]

import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";
import { build } from "vite";
import { machine } from "../src/measure/machine.ts";
import type { Rate } from "./browser-updates.ts";
import { sizeOptions, sizesOf } from "./options.ts";

const { values } = parseArgs({
  options: {
    ...sizeOptions,
    seconds: { type: "string", default: "20" },
    threads: { type: "string", default: "1,2" },
    out: { type: "string" },
  },
});
const sizes = sizesOf(values);
const executablePath = [process.env.CHROMIUM_PATH ?? "", "/usr/bin/chromium", "/usr/bin/google-chrome"].find(
  (path) => existsSync(path),
);
if (executablePath === undefined) {
  console.error("left out: there is no Chromium here; name one in CHROMIUM_PATH");
  process.exit(0);
}

const ENTRY = "updates.js";
const built = await build({
  configFile: false,
  logLevel: "silent",
  build: {
    write: false,
    minify: false,
    target: "es2023",
    lib: {
      entry: fileURLToPath(new URL("browser-updates.ts", import.meta.url)),
      formats: ["es"],
      fileName: () => ENTRY,
    },
  },
});
const { output } = (Array.isArray(built) ? built[0]! : built) as {
  output: { fileName: string; code: string }[];
};
const measuring = `rates(${JSON.stringify(sizes)}, ${Number(values.seconds)}, [${values.threads}])`;
const files = new Map(output.map(({ fileName, code }) => [`/${fileName}`, code]));
files.set("/worker.js", `import { rates } from "./${ENTRY}"; postMessage(await ${measuring});`);

const pages = createServer(({ url }, response) => {
  const script = files.get(url!);
  response.setHeader("content-type", script === undefined ? "text/html" : "text/javascript");
  response.setHeader("cross-origin-opener-policy", "same-origin");
  response.setHeader("cross-origin-embedder-policy", "require-corp");
  response.end(script ?? "<!doctype html><title>updates</title>");
});
await new Promise<void>((resolve) => pages.listen(0, "127.0.0.1", resolve));
const browser = await chromium.launch({
  executablePath,
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"],
});
const page = await browser.newPage();
await page.goto(`http://127.0.0.1:${(pages.address() as AddressInfo).port}/`);
const inWorker = `new Promise((resolve, reject) => {
  const worker = new Worker("/worker.js", { type: "module" });
  worker.onmessage = ({ data }) => resolve(data);
  worker.onerror = ({ message }) => reject(new Error(message));
})`;
const measured: Record<string, Rate[]> = {
  "in a worker": await page.evaluate(inWorker),
  "in the page": await page.evaluate(`import("/${ENTRY}").then(({ rates }) => ${measuring})`),
};
const version = browser.version();
await browser.close();
pages.close();

const { cpu, vectors, cores } = machine();
console.log(
  `${cpu} (${vectors}, ${cores} cores), Chromium ${version}, batch ${values.batch}, hidden ${values.hidden}\n`,
);
console.log(
  "| | arithmetic | threads | updates/s, best turn | median | of one thread |\n|---|---|---:|---:|---:|---:|",
);
for (const [where, rates] of Object.entries(measured)) {
  for (const { arithmetic, threads, best, median } of rates) {
    const alone = rates.find((other) => other.arithmetic === arithmetic)!;
    const ratio = (best / alone.best).toFixed(2);
    console.log(
      `| ${where} | ${arithmetic} | ${threads} | ${best.toFixed(1)} | ${median.toFixed(1)} | ${ratio}× |`,
    );
  }
}
if (values.out !== undefined) {
  mkdirSync(dirname(values.out), { recursive: true });
  writeFileSync(values.out, `${JSON.stringify({ machine: machine(), version, sizes, measured }, null, 1)}\n`);
}
