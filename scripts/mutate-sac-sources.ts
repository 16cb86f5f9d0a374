// How many faults the reader of code finds when public Soft Actor-Critic programs are given them by plain edits of their
// text: `npx tsx scripts/mutate-sac-sources.ts [FOLDER] [--misses] [--kind=WORDS]`. FOLDER (sac-sources, which git ignores)
// is filled as scripts/score-sac-sources.ts tells. The edits are rough, so that some change nothing that matters: the
// figures show where the reader is weak, not how good it is.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readSource } from "../src/code/index.ts";

interface Fault {
  readonly kind: string;
  readonly id: string;
  readonly pattern: RegExp;
  /** Undefined where this place is not meant. */
  readonly change: (match: RegExpExecArray, line: string, text: string) => string | undefined;
  /** Whether it is wrong without another place that tells so. */
}

const mask = String.raw`\(\s*(?:1\.?0?|torch\.ones_like\(\w+\))\s*-\s*[\w.]*(?:done|term|dead)[\w.]*(?:\[[^\]]*\]|\(\))*\s*\)`;
const bonus = String.raw`(?:self\.)?\w*(?:alpha|temp|ent_coef)\w*(?:\(\)|\.\w+\(\))*\s*\*\s*\w*(?:log_?p\w*|log_?prob\w*)`;
const isActor = /(actor|policy|pi)\w*_?loss\w*\s*[+]?=|loss_?(pi|actor|policy)\w*\s*=/i;
const q = String.raw`(?:self\.)?(?:min_?)?q\w*|actor_q\w*|critic_value|min_qf\w*|min_q\w*`;

const faults: readonly Fault[] = [
  {
    kind: "maximum of the twins",
    id: "twin-not-min",
    pattern: /\b(torch|th|T|tf|jnp|np|tf\.math|K)\.(min|minimum|reduce_min)\(/g,
    change: ([whole], line) =>
      /q|critic|value/i.test(line) && !/\.item\(|track|stats|log\(/.test(line)
        ? whole.replace("min", "max")
        : undefined,
  },
  {
    kind: "no done mask",
    id: "done-mask-missing",
    pattern: new RegExp(String.raw`${mask}\s*\*\s*|\s*\*\s*${mask}`, "g"),
    change: () => "",
  },
  {
    kind: "done for not-done",
    id: "done-mask-inverted",
    pattern: new RegExp(mask, "g"),
    change: ([whole]) => whole.replace(/(1\.?0?|torch\.ones_like\(\w+\))\s*-\s*/, ""),
  },
  {
    kind: "target from the online critic",
    id: "online-critic-in-target",
    pattern:
      /((?:self\.)?\w*?)_?(target|targ|tgt)_?(\w*)(?=(\.(forward|predict|module|act|get_q\w*|min_?q|q\w*))?\()/gi,
    change: ([whole, before, , after], line, text) => {
      if (!/next|_2|prime|_$|s2|o2|new_/.test(line) || !/q|critic/i.test(whole) || /^\s*def /.test(line))
        return undefined;
      const names = [`${before}${after}`, `${before}_${after}`, `${before}${after}`.replace(/_net$/, "")];
      return names.find(
        (name) =>
          name !== "" && new RegExp(String.raw`(?<![\w.])${name.replace(".", "\\.")}(\.\w+)?\(`).test(text),
      );
    },
  },
  {
    kind: "no gradient for the parameter",
    id: "alpha-frozen",
    pattern:
      /^\s*[\w.]*log_?(alpha|ent\w*|temp\w*)\s*=.*?(,\s*requires_grad\s*=\s*True|\.requires_grad_\(\w*\))/gm,
    change: ([whole, , part]) => whole.replace(part!, ""),
  },
  { kind: "sample for rsample", id: "no-rsample", pattern: /\.rsample\(\)/g, change: () => ".sample()" },
  {
    kind: "entropy's sign in the critic's target",
    id: "critic-target-entropy-sign",
    pattern: new RegExp(String.raw`-\s*${bonus}`, "g"),
    change: ([whole], line) => (isActor.test(line) ? undefined : whole.replace("-", "+")),
  },
  {
    kind: "no entropy in the critic's target",
    id: "critic-target-no-entropy",
    pattern: new RegExp(String.raw`\s*-\s*${bonus}`, "g"),
    change: (_, line) => (isActor.test(line) ? undefined : ""),
  },
  {
    kind: "sign of Q in the actor's loss",
    id: "actor-loss-sign",
    pattern: new RegExp(String.raw`-\s*(${q})\b`, "gi"),
    change: ([whole], line) =>
      isActor.test(line) && /alpha|temp|ent/i.test(line) ? whole.replace("-", "+") : undefined,
  },
  {
    kind: "no α in the actor's loss",
    id: "entropy-unresponsive",
    pattern: new RegExp(String.raw`${bonus}(?=\s*-)`, "gi"),
    change: (_, line) => (isActor.test(line) ? "" : undefined),
  },
  {
    kind: "Q cut off in the actor's loss",
    id: "actor-q-detached",
    pattern: new RegExp(String.raw`-\s*(${q})\b(?![.(\[])`, "gi"),
    change: ([whole], line, text) =>
      isActor.test(line) && /\btorch\b/.test(text) && !/softmax|Categorical/.test(text)
        ? `${whole}.detach()`
        : undefined,
  },
  {
    kind: "loss negated",
    id: "sign-inverted",
    pattern: /((alpha|temp|ent)\w*_?loss|loss_?alpha)\s*=\s*(?=[-(\w])/gi,
    change: ([whole], line) =>
      /log/.test(line) && /target|entropy|h_bar/i.test(line) ? `${whole}-1 * ` : undefined,
  },
  {
    kind: "optimiser holds a copy",
    id: "alpha-frozen",
    pattern: /\(\[\s*((?:self\.)?log_?(alpha|ent\w*|temp\w*))\s*\]/g,
    change: ([, name]) => `([${name}.detach().clone().requires_grad_()]`,
  },
  {
    kind: "log π averaged over dimensions",
    id: "log-prob-averaged",
    pattern: /\.sum\((?=(dim|axis|1|-1)\b|-1|1)/g,
    change: (_, line) =>
      /log_?p/i.test(line) && !/prob\w* ?\*|pi ?\*|\* ?log|n_agents|exp\(/i.test(line) ? ".mean(" : undefined,
  },
  {
    kind: "no correction for tanh",
    id: "log-prob-uncorrected",
    pattern: /^[ \t]*(\w+) -= (torch|th|T)\.log\([^\n]*$/gm,
    change: () => "",
  },
  {
    kind: "H̄ declared with the other sign",
    id: "target-unreachable",
    pattern: /target_?entropy\s*=\s*-\s*(?=[a-z(])/gi,
    change: ([whole], line, text) =>
      /Categorical|softmax/.test(text) || /log/.test(line) ? undefined : whole.replace("-", ""),
  },
  {
    kind: "clamp before the step",
    id: "clamp-before-step",
    pattern: /^([ \t]*)(?:self\.)?(?:log_?)?alpha_optim\w*\.step\(\)/gm,
    change: ([whole, indent], _, text) => {
      const [name] = /(?:self\.)?log_alpha\b/.exec(text) ?? [];
      return name && /torch/.test(text) ? `${indent}${name}.data.clamp_(-5.0, 2.0)\n${whole}` : undefined;
    },
  },
];

const options = process.argv.slice(2).filter((one) => one.startsWith("--"));
const only = options.find((one) => one.startsWith("--kind="))?.slice(7);
const [folder = "sac-sources"] = process.argv.slice(2).filter((one) => !one.startsWith("--"));
/** Lines between the edit and the place that is named. */
const near = 8;

if (!existsSync(folder)) {
  console.log(`Skipped: no folder ${folder}. The first lines of this script tell how to fill one.`);
} else {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".py"),
  );
  const counts = new Map(faults.map(({ kind }) => [kind, { found: 0, second: 0, of: 0 }]));
  for (const path of files) {
    const text = readFileSync(join(folder, path), "utf8").replaceAll("\r\n", "\n");
    const right = readSource(text, { path });
    if (!right) continue;
    const known = new Set(right.findings.map(({ id }) => id));
    for (const { kind, id, pattern, change } of faults) {
      if ((only && !kind.includes(only)) || known.has(id)) continue;
      for (const match of text.matchAll(pattern)) {
        const [from, to] = [match.index, match.index + match[0].length];
        const start = text.lastIndexOf("\n", from - 1) + 1;
        const line = text.slice(start, text.indexOf("\n", to));
        if (/^\s*#/.test(line)) continue;
        const instead = change(match as RegExpExecArray, line, text);
        if (instead === undefined) continue;
        const at = text.slice(0, from).split("\n").length;
        const report = readSource(text.slice(0, from) + instead + text.slice(to), { path });
        const told = (report?.findings ?? []).filter((one) => one.severity !== "info");
        const count = counts.get(kind)!;
        count.of++;
        const found = told.some((one) => one.id === id && Math.abs(one.line - at) <= near);
        if (found) count.found++;
        const others = told.filter((one) => one.id !== id && !known.has(one.id));
        if (others.length > 0) count.second++;
        if (!options.includes("--misses") || (found && others.length === 0)) continue;
        const said = told.map((one) => `${one.id}:${one.line}`).join(" ");
        console.log(
          `${found ? "second" : "missed"} | ${kind} | ${path}:${at} | ${line.trim().slice(0, 110)} | ${said}`,
        );
      }
    }
  }
  for (const [kind, { found, second, of }] of counts)
    console.log(`${`${found}/${of}`.padStart(9)} ${`(${second} second)`.padEnd(13)} ${kind}`);
}
