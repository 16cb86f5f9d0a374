// Items 1 to 7: output, promises, errors, directories, large and hostile logs, several at once.

import { once } from "node:events";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Checkout, endAll, ended } from "./checkout.ts";
import { fallen, lost, type Probe, unsaid, WORLD } from "./probe.ts";

const train = (env: string, run: string, steps = 400) =>
  `$TEMPERED train ${env} --steps ${steps} --run ${run} $TINY`;

/** Trains in a broken environment: it ends with exit code 1 and one line, the agent saved. */
function broken(name: string, parts: Parameters<Checkout["environment"]>[1], words: RegExp): Probe["try"] {
  return async (checkout) => {
    const run = await checkout.shell(
      `${train(checkout.environment(`${name}.mjs`, parts), name, 5000)} --json`,
    );
    return fallen(run) ?? unsaid(run, 1, words) ?? lost(checkout, name, /^failed$/);
  };
}

/** Seconds of processor time that the doctor takes for a file. */
async function secondsFor(checkout: Checkout, file: string): Promise<number> {
  const { stderr } = await checkout.shell(`TIMEFORMAT=%U; time $TEMPERED doctor ${file}`, { seconds: 120 });
  return Number(stderr.trim().split("\n").at(-1));
}

export const outputProbes: readonly Probe[] = [
  {
    item: 1,
    what: "train … | head -1",
    async try(checkout) {
      const run = await checkout.shell(`${train("Pendulum-v1", "head", 20_000)} --json | head -1`);
      return fallen(run) ?? lost(checkout, "head", /^interrupted$/);
    },
  },
  {
    item: 1,
    what: "train … > /dev/full",
    async try(checkout) {
      const run = await checkout.shell(`${train("Pendulum-v1", "full")} --json > /dev/full`);
      return fallen(run) ?? unsaid(run, 1, /cannot be written/) ?? lost(checkout, "full", /^finished$/);
    },
  },
  {
    item: 1,
    what: "envs > /dev/full",
    async try(checkout) {
      const run = await checkout.shell("$TEMPERED envs > /dev/full");
      return fallen(run) ?? unsaid(run, 1, /cannot be written/);
    },
  },
  {
    item: 2,
    what: "a step that is never over",
    try: broken("step-pending", { step: "return new Promise(() => {});" }, /to end within/),
  },
  {
    item: 2,
    what: "a reset that is never over",
    try: broken("reset-pending", { reset: "return new Promise(() => {});" }, /to end within/),
  },
  {
    item: 2,
    what: "a module that never loads",
    async try(checkout) {
      const env = checkout.environment("top.mjs", { top: "await new Promise(() => {});" });
      const run = await checkout.shell(train(env, "top"));
      return fallen(run) ?? unsaid(run, 2, /top\.mjs/);
    },
  },
  {
    item: 2,
    what: "a close that is never over",
    async try(checkout) {
      const env = checkout.environment("close.mjs", { close: "return new Promise(() => {});" });
      const run = await checkout.shell(train(env, "close"));
      return fallen(run) ?? lost(checkout, "close", /^finished$/);
    },
  },
  {
    item: 2,
    what: "an evaluation whose episodes have no end",
    async try(checkout) {
      const env = checkout.environment("endless.mjs", { truncates: false });
      const run = await checkout.shell(train(env, "endless", 100), { seconds: 60 });
      return (
        fallen(run) ??
        lost(checkout, "endless", /./) ??
        (/episode/.test(run.stderr + run.stdout) ? undefined : "it says nothing of it")
      );
    },
  },
  { item: 3, what: "throw null", try: broken("null", { step: "throw null;" }, /null/) },
  {
    item: 3,
    what: "throw new Proxy({}, hostile)",
    try: broken(
      "proxy",
      { step: "throw new Proxy({}, new Proxy({}, { get() { throw new Error('from the proxy'); } }));" },
      /error: /,
    ),
  },
  {
    item: 3,
    what: "a stray Promise.reject while it trains",
    try: broken("stray", { step: "if (n === 60) Promise.reject(new Error('lost'));" }, /nobody waits for/),
  },
  {
    item: 3,
    what: "files that may not grow (EFBIG) while it saves",
    async try(checkout) {
      // The weights do not fit; run.json and the metrics do.
      const run = await checkout.shell(
        `ulimit -f 24; ${train("Pendulum-v1", "big", 300).replace("$TINY", "--hidden 64,64 --engine wasm --eval-episodes 1")} --json`,
      );
      const result = checkout.json("big/run.json")?.result as { outcome?: string } | undefined;
      return (
        fallen(run) ??
        unsaid(run, 1, /EFBIG.*big|big.*EFBIG/) ??
        (result?.outcome === "failed" ? undefined : "run.json does not say how it ended")
      );
    },
  },
  {
    item: 4,
    what: "the directory removed while it trains",
    async try(checkout) {
      const child = checkout.start(`exec ${train("Pendulum-v1", "gone", 8000)} --json`);
      const end = ended(child, 60);
      let seen = "";
      while (!seen.includes('"time/total_timesteps":200'))
        seen += `${(await once(child.stdout!, "data"))[0]}`;
      rmSync(join(checkout.scratch, "gone"), { recursive: true });
      const run = await end;
      return fallen(run) ?? unsaid(run, 1, /removed, renamed or replaced/) ?? lost(checkout, "gone", /./);
    },
  },
  {
    item: 5,
    what: "doctor over more files than descriptors",
    async try(checkout) {
      mkdirSync(join(checkout.scratch, "many"));
      for (let i = 0; i < 300; i++) {
        writeFileSync(
          join(checkout.scratch, `many/${i}.csv`),
          "step,alpha,alpha_loss\n1,1,0\n2,0.9,0\n3,0.8,0\n",
        );
      }
      const run = await checkout.shell("ulimit -n 128; $TEMPERED doctor many");
      return fallen(run) ?? (run.code === 2 ? `exit code 2: ${run.stderr.trim().slice(0, 90)}` : undefined);
    },
  },
  {
    item: 5,
    what: "a file of newlines, read in linear time",
    async try(checkout) {
      for (const size of [1, 1_000_000, 2_000_000])
        writeFileSync(join(checkout.scratch, `${size}.csv`), "\n".repeat(size));
      const start = await secondsFor(checkout, "1.csv");
      const [one, two] = [
        await secondsFor(checkout, "1000000.csv"),
        await secondsFor(checkout, "2000000.csv"),
      ];
      const isLinear = two - start < 1.5 || two - start < 3 * (one - start);
      return isLinear
        ? undefined
        : `1 MB takes ${(one - start).toFixed(1)} s, 2 MB ${(two - start).toFixed(1)} s`;
    },
  },
  {
    item: 6,
    what: "watch over a line of nested arrays",
    async try(checkout) {
      mkdirSync(join(checkout.scratch, "logs"));
      const deep = `{"train/ent_coef": ${"[".repeat(3800)}${"]".repeat(3800)}}\n`;
      writeFileSync(join(checkout.scratch, "logs/metrics.jsonl"), deep);
      const child = checkout.start("exec $TEMPERED watch logs --port 0");
      const end = ended(child, 30);
      const page = /http:\/\/\S+/.exec(`${(await once(child.stdout!, "data"))[0]}`)![0];
      const events = await fetch(new URL("/api/events", page)).catch(() => undefined);
      await new Promise((resume) => setTimeout(resume, 3000));
      const answers = await fetch(page).then(
        ({ ok }) => ok,
        () => false,
      );
      await events?.body?.cancel().catch(() => {});
      endAll(child);
      const { stderr } = await end;
      return answers ? undefined : `the server is gone: ${/^.*Error.*$/m.exec(stderr)?.[0].slice(0, 80)}`;
    },
  },
  {
    item: 7,
    what: "two learn at once",
    async try(checkout) {
      const run = await checkout.script(
        `import { SAC } from "tempered";
        const agent = await SAC.create(${WORLD}, { engine: "wasm", hidden: [8], batchSize: 8, learningStarts: 20 });
        const through = async () => { for await (const _ of agent.learn({ totalTimesteps: 300 })); };
        const ends = await Promise.allSettled([through(), through()]);
        console.log(ends.map(({ reason }) => reason?.code ?? reason?.message ?? "went through").join(", "), agent.steps);`,
      );
      return run.stdout.trim() === "went through, LEARNING 300"
        ? undefined
        : `${run.stdout}${run.stderr}`.trim().slice(0, 110);
    },
  },
  {
    item: 7,
    what: "two save, a third loads",
    async try(checkout) {
      const begin = `import { SAC } from "tempered";
        const make = (seed) => SAC.create(${WORLD}, { engine: "wasm", hidden: [8], seed });`;
      const run = await checkout.script(
        `${begin}
        import { fork } from "node:child_process";
        import { once } from "node:events";
        const role = process.argv[2];
        if (role) {
          const agent = await make(Number(role));
          for (let i = 0; i < 60; i++) { await agent.save("shared"); await new Promise((resume) => setTimeout(resume, 5)); }
          await agent.dispose();
        } else {
          await (await make(0)).save("shared");
          const children = ["1", "2"].map((seed) => once(fork(process.argv[1], [seed]), "exit"));
          let over = false;
          const codes = Promise.all(children).finally(() => { over = true; });
          let [loads, failures, last] = [0, 0, ""];
          while (!over) {
            loads++;
            try { await (await SAC.load("shared", { env: ${WORLD}, engine: "wasm" })).dispose(); } catch (error) { failures++; last = error.message; }
            await new Promise((resume) => setImmediate(resume));
          }
          const bad = (await codes).filter(([code]) => code !== 0).length;
          console.log(failures + bad === 0 ? "good" : failures + " of " + loads + " loads failed, " + bad + " of 2 savers: " + last.slice(-60));
        }
        process.exit();`,
        { seconds: 90 },
      );
      return run.stdout.trim() === "good" ? undefined : (fallen(run) ?? run.stdout.trim());
    },
  },
];
