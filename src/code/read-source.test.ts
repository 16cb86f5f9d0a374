// The reader against α losses written in many ways: which are right, and what is wrong with the others.

import { expect, test } from "vitest";
import { readSource } from "./index.ts";

/** A program in one style, with the loss and the target to be judged. */
function program(loss: string, target = "-action_dim", parameter = "log_alpha"): string {
  return `import torch
from torch.distributions import Normal

class Agent:
    def __init__(self, action_dim, lr=3e-4):
        self.target_entropy = ${target}
        self.${parameter} = torch.zeros(1, requires_grad=True)
        self.alpha_optimizer = torch.optim.Adam([self.${parameter}], lr=lr)

    def sample(self, obs):
        mean, std = self.actor(obs)
        dist = Normal(mean, std)
        u = dist.rsample()
        a = torch.tanh(u)
        log_prob = dist.log_prob(u) - torch.log(1 - a.pow(2) + 1e-6)
        return a, log_prob.sum(-1, keepdim=True)

    def update(self, batch):
        alpha = self.${parameter}.exp()
        with torch.no_grad():
            a2, logp2 = self.sample(batch.next_obs)
            q_next = torch.min(self.q1_target(batch.next_obs, a2), self.q2_target(batch.next_obs, a2))
            target_q = q_next - alpha * logp2
        a, log_pi = self.sample(batch.obs)
        q = torch.min(self.q1(batch.obs, a), self.q2(batch.obs, a))
        actor_loss = (alpha.detach() * log_pi - q).mean()
        alpha_loss = ${loss}
        self.alpha_optimizer.zero_grad()
        alpha_loss.backward()
        self.alpha_optimizer.step()
`;
}

const right: [string, string?, string?][] = [
  ["-(self.log_alpha * (log_pi + self.target_entropy).detach()).mean()"],
  ["(self.log_alpha.exp() * (-log_pi - self.target_entropy).detach()).mean()"],
  ["-1.0 * torch.mean(alpha * (log_pi.detach() + self.target_entropy))"],
  ["(-self.log_alpha * (log_pi + self.target_entropy).detach()).mean()"],
  ["torch.mean(self.log_alpha.mul(log_pi.add(self.target_entropy).detach()).neg())"],
  ["-(self.log_alpha.exp() * (log_pi - self.target_entropy).detach()).mean()", "action_dim"],
  ["-(self.alpha.exp() * (log_pi + self.target_entropy).detach()).mean()", "-action_dim", "alpha"],
  ["((-log_pi - self.target_entropy).detach() * self.log_alpha).mean()"],
];

test.each(right)("right: %s", (loss, target, parameter) => {
  const report = readSource(program(loss, target, parameter), { path: "sac.py" });
  expect(report?.findings).toEqual([]);
  expect(report?.verdict).toBe("right");
  expect(report?.facts.alphaUpdate?.above).toBe("falls");
  expect(report?.facts.alphaLearningRate?.value).toBe(3e-4);
});

const wrong: [string, string, string?, string?][] = [
  ["sign-inverted", "(self.log_alpha * (log_pi + self.target_entropy).detach()).mean()"],
  ["sign-inverted", "(alpha * (log_pi + self.target_entropy).detach()).mean()"],
  ["sign-inverted", "-(self.log_alpha * (-log_pi - self.target_entropy).detach()).mean()"],
  ["sign-inverted", "-(self.log_alpha * (-log_pi + self.target_entropy).detach()).mean()"],
  ["target-unreachable", "-(self.log_alpha * (log_pi + self.target_entropy).detach()).mean()", "action_dim"],
  ["target-unreachable", "-(self.log_alpha * (log_pi - self.target_entropy).detach()).mean()"],
  [
    "alpha-negative",
    "-(self.alpha * (log_pi + self.target_entropy).detach()).mean()",
    "-action_dim",
    "alpha",
  ],
];

test.each(wrong)("%s: %s", (id, loss, target, parameter) => {
  const text = program(loss, target, parameter).replace("alpha = self.alpha.exp()", "alpha = self.alpha");
  const report = readSource(text);
  expect(report?.findings.map((finding) => finding.id)).toEqual([id]);
  expect(report?.verdict).toBe("fault");
});

test("the mended line of an inverted sign is right", () => {
  const text = program("(self.log_alpha * (log_pi + self.target_entropy).detach()).mean()");
  const { replacement, line } = readSource(text)!.findings[0]!;
  const lines = text.split("\n");
  expect(lines[line - 1]).toContain("alpha_loss =");
  lines[replacement!.fromLine - 1] = replacement!.text;
  expect(readSource(lines.join("\n"))?.verdict).toBe("right");
});

test("a load that gives log α another tensor freezes it, one that copies does not", () => {
  const base = program(right[0]![0]);
  const load = (line: string) => `${base}
    def load(self, path):
        checkpoint = torch.load(path)
        ${line}
`;
  const faulty = readSource(load('self.log_alpha = checkpoint["log_alpha"]'));
  expect(faulty?.findings.map(({ id }) => id)).toEqual(["alpha-frozen"]);
  const copied = readSource(load('self.log_alpha.data.copy_(checkpoint["log_alpha"])'));
  expect(copied?.findings).toEqual([]);
});

const discrete = (loss: string, target: string) => `import torch
import torch.nn.functional as F
from torch.distributions import Categorical

def update(actor, obs, log_alpha, n_actions):
    target_entropy = ${target}
    logits = actor(obs)
    probs = F.softmax(logits, dim=-1)
    log_probs = F.log_softmax(logits, dim=-1)
    alpha_loss = ${loss}
    alpha_loss.backward()
`;

test("a discrete policy's loss is weighted and its target positive", () => {
  const weighted = "-(probs.detach() * log_alpha * (log_probs + target_entropy).detach()).sum(-1).mean()";
  const target = "0.5 * np.log(n_actions)";
  expect(readSource(discrete(weighted, target))?.findings).toEqual([]);
  const ids = (loss: string, at: string) => readSource(discrete(loss, at))?.findings.map(({ id }) => id);
  expect(ids(weighted, "-n_actions")).toEqual(["target-never-binds"]);
  expect(ids("-(log_alpha * (log_probs + target_entropy).detach()).mean()", target)).toEqual([
    "discrete-logprob-unweighted",
  ]);
});

test("an optimiser of α that is zeroed and saved and never stepped leaves α where it is", () => {
  const text = `${program(right[0]![0])}
    def state(self):
        return {"alpha_optimizer": self.alpha_optimizer.state_dict(), "log_alpha": self.log_alpha}
`;
  expect(readSource(text)?.findings).toEqual([]);
  const forgotten = text.replace("        self.alpha_optimizer.step()\n", "");
  const [finding, ...others] = readSource(forgotten)!.findings;
  expect(others).toEqual([]);
  expect(finding?.id).toBe("alpha-frozen");
  expect(forgotten.split("\n")[finding!.line - 1]).toContain("alpha_loss = ");
  // Handed to a helper, it may be stepped there.
  const handed = text.replace("self.alpha_optimizer.step()", "finish(self.alpha_optimizer)");
  expect(readSource(handed)?.findings).toEqual([]);
});

test("log α before log π is α itself, where no exponential is taken", () => {
  const text = program(right[0]![0]).replace(
    "alpha = self.log_alpha.exp()",
    "alpha = self.log_alpha.clone()",
  );
  expect(readSource(text)?.findings.map(({ id }) => id)).toEqual(["alpha-negative"]);
});

test("a temperature for each task is followed through the row that chooses it", () => {
  const text = program("-(one_hot @ self.log_alpha * (log_pi + self.target_entropy).detach()).mean()");
  expect(readSource(text)?.verdict).toBe("right");
  const ids = readSource(text.replace("-(one_hot", "(one_hot"))?.findings.map(({ id }) => id);
  expect(ids).toEqual(["sign-inverted"]);
});

test("text without a temperature is passed over, and hostile text is survived", () => {
  expect(readSource("print('hello')")).toBeUndefined();
  expect(readSource("")).toBeUndefined();
  const seed = "alpha log_prob = ";
  for (const text of [
    `${seed}${"(".repeat(20_000)}`,
    `${seed}\0\0`,
    seed + "-".repeat(20_000),
    '{"cells": [null, {"cell_type":',
  ]) {
    expect(() => readSource(text)).not.toThrow();
  }
});
