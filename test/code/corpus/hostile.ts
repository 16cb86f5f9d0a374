// Broken sources by the thousand: right programs mutated in one to four ways by a seeded generator, other languages, and
// texts that are hostile from the start.

import { development } from "./development.ts";
import { faultsOf } from "./faults.ts";
import { heldOut } from "./held-out.ts";
import { fileOf, type Half, sourceOf, type Variant } from "./variant.ts";

export interface Hostile {
  readonly name: string;
  readonly path: string;
  readonly text: string;
}

type Random = () => number;

/** Case `index` of the endless list; the same index always gives the same text. */
export function hostileSource(index: number): Hostile {
  const random = generator(index);
  const kind = random();
  if (kind < 0.1) {
    const [path, make] = pick(HOSTILE, random);
    return { name: `hostile ${path}`, path, text: make(random) };
  }
  if (kind < 0.2) {
    const [path, text] = pick(LANGUAGES, random);
    return { name: path, path, text: mutated(text, random).text };
  }
  const { path, text } = pick(SEEDS, random);
  const { names, text: broken } = mutated(text, random);
  return { name: `${path}: ${names.join(", ")}`, path, text: broken };
}

function mutated(text: string, random: Random): { names: string[]; text: string } {
  const names: string[] = [];
  for (let times = 1 + Math.floor(random() * 4); times > 0; times--) {
    const [name, mutate] = pick(MUTATIONS, random);
    names.push(name);
    text = mutate(text, random).slice(0, 12_000_000);
  }
  return { names, text };
}

const pick = <T>(of: readonly T[], random: Random): T => of[Math.floor(random() * of.length)]!;
const at = (text: string, random: Random) => Math.floor(random() * text.length);
const times = (text: string, most: number, random: Random) => text.repeat(1 + Math.floor(most * random()));

function splice(text: string, random: Random, piece: string): string {
  const where = at(text, random);
  return text.slice(0, where) + piece + text.slice(where);
}

const SEEDS = [
  ...development.flatMap((variant) => seeds("development", variant)),
  ...heldOut.flatMap((variant) => seeds("held-out", variant)),
];

/** A program, and some of its mutants. */
function seeds(half: Half, variant: Variant): { path: string; text: string }[] {
  const source = sourceOf(half, variant);
  const mutants = faultsOf(variant, source).filter((_, index) => index % 5 === 0);
  return [source, ...mutants.map(({ text }) => text)].map((text) => ({
    path: variant.file,
    text: fileOf(variant, text),
  }));
}

const MUTATIONS: readonly (readonly [string, (text: string, random: Random) => string])[] = [
  ["truncated", (text, random) => text.slice(0, at(text, random))],
  ["head lost", (text, random) => text.slice(at(text, random))],
  ["a piece", (text, random) => text.slice(at(text, random)).slice(0, 400)],
  [
    "hole",
    (text, random) => {
      const from = at(text, random);
      return text.slice(0, from) + text.slice(from + Math.floor(random() * 300));
    },
  ],
  ["part doubled", (text, random) => splice(text, random, text.slice(at(text, random)).slice(0, 2000))],
  [
    "lines shuffled",
    (text, random) =>
      text
        .split("\n")
        .map((line) => [random(), line] as const)
        .sort(([a], [b]) => a - b)
        .map(([, line]) => line)
        .join("\n"),
  ],
  ["indents lost", (text) => text.replace(/^[ \t]+/gm, "")],
  [
    "indents doubled",
    (text, random) => text.replace(/^[ \t]+/gm, (indent) => (random() < 0.5 ? indent : indent + indent)),
  ],
  ["tabs", (text, random) => text.replace(/ {4}/g, (four) => (random() < 0.5 ? "\t" : four))],
  ["carriage returns", (text) => text.replaceAll("\n", "\r\n")],
  ["old carriage returns", (text) => text.replaceAll("\n", "\r")],
  ["one line", (text) => text.replaceAll("\n", " ")],
  [
    "brackets",
    (text, random) => splice(text, random, times(pick(["(", "[", "{", ")", "]", "}"], random), 3000, random)),
  ],
  [
    "quotes",
    (text, random) =>
      splice(text, random, pick(["'", '"', "`", '"""', "'''", "/*", "//", "#", "\\"], random)),
  ],
  ["null bytes", (text, random) => splice(splice(text, random, "\0"), random, "\0\0")],
  [
    "odd letters",
    (text, random) =>
      splice(text, random, pick(["\ufeff", "\u202e", "\ud800", "𝛼", "α", "١", "\u00a0", "\u2028"], random)),
  ],
  ["prompt", (text) => text.replace(/^/gm, ">>> ")],
  ["diff", (text, random) => text.replace(/^/gm, () => pick(["+", "-", " "], random))],
  ["fence", (text) => `Look at this:\n\n\`\`\`python\n${text}\n\`\`\`\nWhat is wrong?`],
  [
    "names swapped",
    (text, random) => {
      const names = [...new Set(text.match(/[A-Za-z_]\w{2,}/g) ?? ["x"])];
      const [a, b] = [pick(names, random), pick(names, random)];
      return text.replace(new RegExp(`\\b(${a}|${b})\\b`, "g"), (name) => (name === a ? b : a));
    },
  ],
  [
    "assigned to itself",
    (text, random) => {
      const names = text.match(/[A-Za-z_.]\w{2,}/g) ?? ["x"];
      const name = pick(names, random);
      return splice(text, random, `\n${name} = ${name} + ${pick(names, random)}\n`);
    },
  ],
  ["long line", (text, random) => splice(text, random, times("log_alpha * ", 20_000, random))],
  [
    "operators",
    (text, random) =>
      text.replace(/[-+*/]/g, (sign) =>
        random() < 0.1 ? pick(["-", "+", "*", "/", "**", "@", "%"], random) : sign,
      ),
  ],
  ["many copies", (text, random) => times(`${text}\n`, 20, random)],
];

const MARKER = "/tmp/the-reader-ran-this";
/** What would leave a trace if anybody ran it. */
export const trace = MARKER;

const HOSTILE: readonly (readonly [string, (random: Random) => string])[] = [
  ["deep.py", (random) => `alpha_loss = ${times("(", 50_000, random)}log_alpha * (log_pi + target_entropy)`],
  [
    "minus.py",
    (random) => `alpha_loss = ${times("-", 50_000, random)}(log_alpha * (log_pi + target_entropy)).mean()`,
  ],
  ["calls.py", (random) => `log_alpha${times(".exp()", 20_000, random)} * (log_prob + target_entropy)`],
  [
    "nested.py",
    (random) => {
      const depth = 1 + Math.floor(random() * 900);
      return Array.from({ length: depth }, (_, i) => `${" ".repeat(i)}if log_alpha:`).join("\n");
    },
  ],
  [
    "functions.py",
    (random) => times("def f(log_alpha):\n  def g(log_prob):\n    return f(g)\n", 4000, random),
  ],
  [
    "cycle.py",
    (random) => {
      const count = 2 + Math.floor(random() * 400);
      const lines = Array.from(
        { length: count },
        (_, i) => `a${i} = a${(i + 1) % count} * a${(i + 2) % count} + log_alpha`,
      );
      return `${lines.join("\n")}\nalpha_loss = -(log_alpha * (a0 + log_prob + target_entropy)).mean()\n`;
    },
  ],
  [
    "wide.py",
    (random) => {
      const count = 2 + Math.floor(random() * 40);
      const sum = Array.from({ length: count }, (_, i) => `(log_alpha + x${i})`).join(" * ");
      return `log_prob = 1\ntarget_entropy = -1\nalpha_loss = ${sum}\nalpha_loss.backward()\n`;
    },
  ],
  [
    "doubling.py",
    (random) => {
      const count = 2 + Math.floor(random() * 60);
      const lines = Array.from({ length: count }, (_, i) => `x${i + 1} = x${i} + x${i}`);
      return `x0 = log_prob\n${lines.join("\n")}\nalpha_loss = -(log_alpha * (x${count} + target_entropy)).mean()\n`;
    },
  ],
  [
    "squaring.py",
    (random) => {
      const count = 2 + Math.floor(random() * 40);
      const lines = Array.from({ length: count }, (_, i) => `x${i + 1} = x${i} * (x${i} + log_prob)`);
      return `x0 = log_alpha\n${lines.join("\n")}\nalpha_loss = -(x${count} * (log_prob + target_entropy)).mean()\n`;
    },
  ],
  [
    "tuples.py",
    (random) => {
      const count = 2 + Math.floor(random() * 60);
      const lines = Array.from({ length: count }, (_, i) => `x${i + 1} = (x${i}, x${i})`);
      return `x0 = log_prob\n${lines.join("\n")}\nalpha_loss = -(log_alpha * (x${count}[0] + target_entropy)).mean()\n`;
    },
  ],
  [
    "helpers.py",
    (random) => {
      const count = 2 + Math.floor(random() * 60);
      const lines = Array.from({ length: count }, (_, i) => `def f${i + 1}(x): return f${i}(x) + f${i}(x)`);
      return `def f0(x): return x\n${lines.join("\n")}\nalpha_loss = -(log_alpha * (f${count}(log_prob) + target_entropy)).mean()\n`;
    },
  ],
  [
    "branches.py",
    (random) => {
      const branch = "if c:\n  log_prob = log_prob + 1\nelse:\n  log_prob = log_prob - 1\n";
      return `${times(branch, 500, random)}alpha_loss = -(log_alpha * (log_prob + target_entropy)).mean()\n`;
    },
  ],
  ["big.py", (random) => times("log_alpha = log_prob # target_entropy\n", 300_000, random)],
  ["zeros.py", (random) => `log_alpha log_prob ${times("\0", 200_000, random)}`],
  [
    "numbers.py",
    () =>
      `target_entropy = ${"9".repeat(5000)}\nalpha_loss = -(log_alpha * (log_prob + 1e999 * target_entropy)).mean()`,
  ],
  [
    "names.py",
    () =>
      "__proto__ = log_alpha\nconstructor = log_prob\ntoString = -(log_alpha * (log_prob + hasOwnProperty)).mean()\nself.__proto__ = torch.optim.Adam([self.constructor])\n",
  ],
  [
    "run.py",
    () =>
      `import os\nos.system("touch ${MARKER}")\nlog_alpha = eval("__import__('os').system('touch ${MARKER}')")\nalpha_loss = -(log_alpha * (log_prob + target_entropy)).mean()\n`,
  ],
  [
    "run.js",
    () =>
      `require("fs").writeFileSync("${MARKER}", "");\nconst logAlpha = eval("process.exit(3)");\nconst alphaLoss = logAlpha.mul(logProb.add(targetEntropy)).neg();\n`,
  ],
  [
    "deep.js",
    (random) => `const alphaLoss = ${times("(", 50_000, random)}logAlpha.mul(logProb.add(targetEntropy))`,
  ],
  ["arrows.js", (random) => `const logAlpha = ${times("() => ", 20_000, random)}logProb`],
  ["templates.js", (random) => `const logAlpha = ${times("`${", 20_000, random)} logProb`],
  ["regular.js", (random) => `const logAlpha = /${times("(", 5000, random)}/; logProb`],
  ["cells.ipynb", (random) => `{"cells": ${times("[", 50_000, random)}`],
  [
    "odd.ipynb",
    () =>
      '{"cells": [null, 3, {"cell_type": "code", "source": 7}, {"cell_type": "code", "source": ["log_alpha", null, {}]}]}',
  ],
  ["keys.ipynb", (random) => times('{"cells":', 20_000, random)],
  [
    "spaces.py",
    (random) => `log_alpha${times(" ", 500_000, random)}log_prob exp(${times(" ", 100_000, random)}`,
  ],
  ["lines.py", (random) => `log_alpha log_prob${times("\n", 500_000, random)}`],
  ["fences.py", (random) => times("```\nlog_alpha log_prob\n", 50_000, random)],
  ["words.py", (random) => times("log_alpha_", 200_000, random)],
  ["escapes.py", (random) => `log_alpha = "log_prob${times("\\", 200_000, random)}`],
  [
    "letters.py",
    (random) => Array.from({ length: 20_000 }, () => String.fromCharCode(random() * 65536)).join(""),
  ],
];

const LANGUAGES: readonly (readonly [string, string])[] = [
  [
    "agent.rs",
    "impl Sac {\n    fn update_alpha(&mut self, log_prob: &Tensor) {\n        let alpha_loss = -(self.log_alpha.exp() * (log_prob + self.target_entropy).detach()).mean(Kind::Float);\n        self.alpha_optimizer.backward_step(&alpha_loss);\n    }\n}\n",
  ],
  [
    "agent.cpp",
    "void SAC::update() {\n  auto alpha_loss = -(log_alpha_ * (log_prob + target_entropy_).detach()).mean();\n  alpha_optimizer_->zero_grad();\n  alpha_loss.backward();\n  alpha_optimizer_->step();\n}\n",
  ],
  [
    "Agent.java",
    "public class Agent {\n  private final NDArray logAlpha;\n  void update(NDArray logProb) {\n    NDArray alphaLoss = logAlpha.mul(logProb.add(targetEntropy)).mean().neg();\n  }\n}\n",
  ],
  [
    "agent.jl",
    "function update!(p::SACPolicy, log_π)\n    gs = gradient(ps) do\n        -mean(exp(p.log_α) .* (log_π .+ p.target_entropy))\n    end\nend\n",
  ],
  [
    "agent.go",
    "func (a *Agent) Update(logProb float64) {\n\tgrad := -(logProb + a.targetEntropy)\n\ta.logAlpha -= a.lr * grad\n}\n",
  ],
  [
    "page.html",
    "<html><script>const logAlpha = 0; const logProb = 1</script><p>alpha_loss = -(log_alpha * (log_prob + target_entropy))</p></html>",
  ],
  [
    "paper.tex",
    "\\begin{equation} J(\\alpha) = \\mathbb{E}[-\\alpha \\log \\pi(a|s) - \\alpha \\bar{H}] \\end{equation} log_alpha log_prob",
  ],
  ["config.yaml", "alpha: 0.2\nlog_alpha: true\ntarget_entropy: -4\nlog_prob: {clip: [-20, 2]}\n"],
  ["log.csv", "step,alpha,alpha_loss,log_prob\n1,0.2,-3,1.5\n2,0.19,-3,1.4\n"],
  [
    "mail.txt",
    "Hi all, my alpha goes to zero. I use log_alpha with log_prob and the target_entropy is -4. Thanks!",
  ],
  ["min.js", "var a=e=>{let{logAlpha:t,logProb:n}=e;return t.exp().mul(n.add(-4).neg()).mean()};"],
];

/** Mulberry32. */
function generator(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
