// Right programs in ten styles, each in four spellings, are right; each fault put into one is found on its line, alone.

import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readSource } from "../../src/code/index.ts";

const folder = new URL("variants/", import.meta.url);
const files = readdirSync(folder)
  .filter((name) => name.includes("."))
  .sort();
const textOf = (file: string) => readFileSync(new URL(file, folder), "utf8");
const read = (file: string, text: string) => readSource(text, { path: file.replace(/\.txt$/, "") });

/** The line that names the α loss, in three parts. */
const loss = /^( *(?:const )?(?:alpha_loss|alphaLoss|temperature_loss) = )([^\n;]+)(;?)$/m;
const returned = /^( *return )(\(self\.log_alpha \* error\.detach\(\)\)\.mean\(\))()$/m;

function withLoss(text: string, change: (expression: string) => string): string {
  const pattern = text.includes("def temperature_loss") ? returned : loss;
  const changed = text.replace(pattern, (_, head: string, expression: string, end: string) => {
    return `${head}${change(expression)}${end}`;
  });
  expect(changed === text && change("x") !== "x").toBe(false);
  return changed;
}

const chained = (file: string) => /js$|txt$/.test(file);
const negated = (file: string) => (expression: string) =>
  chained(file) ? `${expression}.neg()` : `-(${expression})`;

describe.each(files)("%s", (file) => {
  const text = textOf(file);
  const spellings: [string, (expression: string) => string][] = [
    ["as it stands", (expression) => expression],
    ["in brackets", (expression) => `(${expression})`],
    ["negated twice", (expression) => negated(file)(negated(file)(expression))],
    ["scaled", (expression) => (chained(file) ? `${expression}.mul(0.5)` : `0.5 * (${expression})`)],
  ];
  test.each(spellings)("is right %s", (_, change) => {
    const report = read(file, withLoss(text, change));
    expect(report?.findings).toEqual([]);
    expect(report?.verdict).toBe("right");
    expect(report?.facts.alphaUpdate).toMatchObject({ above: "falls", below: "rises" });
  });

  test("is found where its loss is negated", () => {
    const faulty = withLoss(text, negated(file));
    const at = faulty.split("\n").findIndex((line, index) => line !== text.split("\n")[index]) + 1;
    const found = read(file, faulty)?.findings.map(({ id, line }) => `${id}:${line}`);
    expect(found).toEqual([`sign-inverted:${at}`]);
  });
});

/** File, what is replaced by what, the finding, and a part of the line that it is to stand on. */
const faults: [string, string | RegExp, string, string, string][] = [
  [
    "torch-methods.py",
    "+ self.target_entropy",
    "- self.target_entropy",
    "target-unreachable",
    "alpha_loss =",
  ],
  ["torch-methods.py", "= -action_dim", "= action_dim", "target-unreachable", "= action_dim"],
  ["torch-methods.py", ", requires_grad=True", "", "alpha-frozen", "torch.zeros(1)"],
  [
    "torch-methods.py",
    "self.log_alpha.data.copy_(saved",
    "self.log_alpha = (saved",
    "alpha-frozen",
    "(saved",
  ],
  [
    "torch-methods.py",
    "(alpha.detach() * log_pi - q)",
    "(-alpha.detach() * log_pi - q)",
    "actor-loss-sign",
    "actor_loss =",
  ],
  ["torch-methods.py", /self\.log_alpha(\.exp\(\))?/g, "self.alpha", "alpha-negative", "torch.zeros(1"],
  [
    "torch-methods.py",
    "        self.alpha_optim.step()",
    "        self.log_alpha.data.clamp_(-5, 2)\n        self.alpha_optim.step()",
    "clamp-before-step",
    "clamp_",
  ],
  [
    "torch-methods.py",
    "self.alpha_optim.step()",
    "self.alpha_optim.step()\n        self.log_alpha.clamp(-5, 2)",
    "clamp-without-effect",
    "clamp(",
  ],
  ["torch-entropy.py", "= -float(action_dim)", "= float(action_dim)", "target-unreachable", "= float("],
  ["torch-entropy.py", ", requires_grad=True", "", "alpha-frozen", "torch.tensor(0.0)"],
  [
    "torch-entropy.py",
    "(entropy - self.target_entropy)",
    "(self.target_entropy - entropy)",
    "sign-inverted",
    "alpha_loss =",
  ],
  [
    "torch-entropy.py",
    "(entropy - self.target_entropy)",
    "(entropy + self.target_entropy)",
    "target-unreachable",
    "alpha_loss =",
  ],
  ["torch-script.py", "= -torch.prod", "= torch.prod", "target-unreachable", "= torch.prod"],
  ["torch-script.py", ", requires_grad=True", "", "alpha-frozen", "log_alpha = torch.zeros"],
  ["torch-script.py", "(log_pi + target", "(log_pi - target", "target-unreachable", "alpha_loss ="],
  ["torch-helper.py", "-logp - self.h_bar", "logp + self.h_bar", "sign-inverted", "return (self.log_alpha"],
  ["torch-helper.py", "= -np.prod", "= np.prod", "target-unreachable", "= np.prod"],
  [
    "torch-discrete.py",
    "probs.detach() * self.log_alpha",
    "self.log_alpha",
    "discrete-logprob-unweighted",
    "alpha_loss =",
  ],
  ["torch-discrete.py", "0.6 * np.log(n_actions)", "-n_actions", "target-never-binds", "-n_actions"],
  ["torch-discrete.py", "0.6 * np.log(n_actions)", "-1.0", "target-never-binds", "= -1.0"],
  [
    "torch-discrete.py",
    "+ self.target_entropy",
    "- self.target_entropy",
    "target-never-binds",
    "alpha_loss =",
  ],
  ["tensorflow-tape.py", "= -tf.constant", "= tf.constant", "target-unreachable", "= tf.constant"],
  ["tensorflow-tape.py", "logp + self.t", "logp - self.t", "target-unreachable", "alpha_loss ="],
  ["jax-inner.py", "-0.5 * action_size", "0.5 * action_size", "target-unreachable", "0.5 * action_size"],
  ["jax-inner.py", "(-log_prob - target", "(log_prob + target", "sign-inverted", "alpha_loss = alpha"],
  ["torch-agents.py", "= -dim", "= dim", "target-unreachable", "= dim"],
  ["torch-agents.py", "(logp + agent", "(logp - agent", "target-unreachable", "temperature_loss ="],
  ["tfjs-chain.js.txt", "= -actionDim", "= actionDim", "target-unreachable", "= actionDim"],
  ["tfjs-chain.js.txt", "logProb.add(", "logProb.sub(", "target-unreachable", "alphaLoss ="],
  ["typed-class.ts.txt", "= -actionSize", "= actionSize", "target-unreachable", "= actionSize"],
  ["typed-class.ts.txt", "logProb.add(", "logProb.sub(", "target-unreachable", "alphaLoss ="],
];

test.each(faults)("%s: %s → %s is %s", (file, from, to, id, part) => {
  const text = textOf(file);
  const faulty = text.replace(from, to);
  expect(faulty).not.toBe(text);
  const line = faulty.split("\n").findIndex((one) => one.includes(part)) + 1;
  const found = read(file, faulty)?.findings.map((one) => `${one.id}:${one.line}`);
  expect(found).toEqual([`${id}:${line}`]);
});

test("α that is computed once is stale, and one that is refreshed is not", () => {
  const text = textOf("torch-methods.py");
  const once = text
    .replace("lr=lr)\n", "lr=lr)\n        self.alpha = self.log_alpha.exp()\n")
    .replace("        alpha = self.log_alpha.exp()\n", "")
    .replace("alpha * logp2", "self.alpha * logp2")
    .replace("(alpha.detach() * log_pi", "(self.alpha.detach() * log_pi");
  const line = once.split("\n").findIndex((one) => one.includes("self.alpha = ")) + 1;
  expect(read("a.py", once)?.findings.map((one) => `${one.id}:${one.line}`)).toEqual([
    `alpha-frozen:${line}`,
  ]);
  const refreshed = once.replace("step()\n", "step()\n        self.alpha = self.log_alpha.exp()\n");
  expect(read("a.py", refreshed)?.findings).toEqual([]);
});

test("a clamp after the step, or at the start of a call, holds", () => {
  const text = textOf("torch-methods.py");
  const clamp = "        self.log_alpha.data.clamp_(-5, 2)\n";
  const after = text.replace("self.alpha_optim.step()\n", `self.alpha_optim.step()\n${clamp}`);
  const first = text.replace(
    "        alpha = self.log_alpha.exp()\n",
    `${clamp}        alpha = self.log_alpha.exp()\n`,
  );
  for (const right of [after, first]) {
    const report = read("a.py", right);
    expect(report?.findings).toEqual([]);
    expect(report?.facts.clamp).toMatchObject({ holds: true, max: Math.exp(2), min: Math.exp(-5) });
  }
});

test("a sign that discreteness would decide is left undecided", () => {
  const text = `import torch
target_entropy = -1.0 * action_dim
log_alpha = torch.zeros(1, requires_grad=True)
log_prob = policy.evaluate(state)
alpha_loss = -(log_alpha * (log_prob + target_entropy).detach()).mean()
alpha_loss.backward()
`;
  expect(read("a.py", text)).toMatchObject({ verdict: "undecided", findings: [] });
});

test.each([
  [
    "a setting that says whether episodes end",
    `            target_q = reward + 0.99 * (1 - done) * (q_next - alpha * logp2)
`,
    `            v_next = q_next - alpha * logp2
            if self.no_termination:
                target_q = reward + 0.99 * v_next
            else:
                target_q = reward + 0.99 * (1 - done) * v_next
`,
  ],
  [
    "a critic that learns from an action which is held still, in one sum with the actor's loss",
    `        actor_loss = (alpha.detach() * log_pi - q).mean()
`,
    `        still = torch.min(self.q1(obs, a.detach()), self.q2(obs, a.detach()))
        policy_loss = (alpha.detach() * log_pi - q).mean()
        actor_loss = policy_loss + still.mean()
`,
  ],
])("%s is right", (_, from, to) => {
  const text = textOf("torch-methods.py");
  const changed = text.replace(from, to);
  expect(changed).not.toBe(text);
  expect(read("a.py", changed)?.findings).toEqual([]);
});

test.each(["log_alpha", "main/q"])("variables of the scope %s", (scope) => {
  const text = textOf("torch-methods.py");
  const step = / {8}self\.alpha_optim\.zero_grad[\s\S]*?step\(\)\n/;
  const changed = text.replace(
    step,
    `        self.alpha_optim.minimize(alpha_loss, var_list=get_vars("${scope}"))\n`,
  );
  expect(changed).not.toBe(text);
  const ids = read("a.py", changed)?.findings.map(({ id }) => id);
  expect(ids?.includes("alpha-frozen")).toBe(scope === "main/q");
});
