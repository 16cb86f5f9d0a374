// Soft actor-critic without any library: a scalar autograd, small networks, a pendulum. Run with `node tiny-autograd.js`.
import { existsSync, readFileSync, writeFileSync } from "node:fs";

class Scalar {
  constructor(data, parents = []) {
    this.data = data;
    this.grad = 0;
    this.parents = parents; // [scalar, local derivative]
  }

  static of(x) {
    return x instanceof Scalar ? x : new Scalar(x);
  }

  add(other) {
    other = Scalar.of(other);
    return new Scalar(this.data + other.data, [[this, 1], [other, 1]]);
  }

  sub(other) {
    other = Scalar.of(other);
    return new Scalar(this.data - other.data, [[this, 1], [other, -1]]);
  }

  mul(other) {
    other = Scalar.of(other);
    return new Scalar(this.data * other.data, [[this, other.data], [other, this.data]]);
  }

  div(other) {
    other = Scalar.of(other);
    return new Scalar(this.data / other.data, [[this, 1 / other.data], [other, -this.data / other.data ** 2]]);
  }

  neg() {
    return new Scalar(-this.data, [[this, -1]]);
  }

  exp() {
    const e = Math.exp(this.data);
    return new Scalar(e, [[this, e]]);
  }

  log() {
    return new Scalar(Math.log(this.data), [[this, 1 / this.data]]);
  }

  tanh() {
    const t = Math.tanh(this.data);
    return new Scalar(t, [[this, 1 - t * t]]);
  }

  relu() {
    return this.data > 0 ? new Scalar(this.data, [[this, 1]]) : new Scalar(0, [[this, 0]]);
  }

  clip(low, high) {
    const inside = this.data > low && this.data < high;
    return new Scalar(Math.min(high, Math.max(low, this.data)), [[this, inside ? 1 : 0]]);
  }

  square() {
    return this.mul(this);
  }

  /** The same value, without its history. */
  detach() {
    return new Scalar(this.data);
  }

  backward() {
    const order = [];
    const seen = new Set();
    const visit = (node) => {
      if (seen.has(node)) return;
      seen.add(node);
      for (const [parent] of node.parents) visit(parent);
      order.push(node);
    };
    visit(this);
    this.grad = 1;
    for (const node of order.reverse()) for (const [parent, slope] of node.parents) parent.grad += slope * node.grad;
  }
}

const min = (a, b) => (a.data < b.data ? a : b);
const mean = (list) => list.reduce((sum, x) => sum.add(x), new Scalar(0)).div(list.length);

function gaussian() {
  const u = 1 - Math.random();
  return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * Math.random());
}

class Dense {
  constructor(inputs, outputs, activation) {
    const scale = Math.sqrt(2 / inputs);
    this.rows = Array.from({ length: outputs }, () => Array.from({ length: inputs }, () => new Scalar(gaussian() * scale)));
    this.bias = Array.from({ length: outputs }, () => new Scalar(0));
    this.activation = activation;
  }

  forward(x) {
    return this.rows.map((row, i) => {
      const sum = row.reduce((total, w, j) => total.add(w.mul(x[j])), this.bias[i]);
      return this.activation === "relu" ? sum.relu() : sum;
    });
  }

  get parameters() {
    return [...this.rows.flat(), ...this.bias];
  }
}

class Net {
  constructor(...sizes) {
    this.layers = sizes.slice(1).map((n, i) => new Dense(sizes[i], n, i < sizes.length - 2 ? "relu" : "linear"));
  }

  forward(x) {
    return this.layers.reduce((h, layer) => layer.forward(h), x.map(Scalar.of));
  }

  get parameters() {
    return this.layers.flatMap((layer) => layer.parameters);
  }

  follow(other, rate) {
    const theirs = other.parameters;
    this.parameters.forEach((p, i) => {
      p.data += rate * (theirs[i].data - p.data);
    });
  }
}

class Adam {
  constructor(parameters, rate) {
    this.slots = parameters.map((p) => ({ p, m: 0, v: 0 }));
    this.rate = rate;
    this.t = 0;
  }

  zero() {
    for (const { p } of this.slots) p.grad = 0;
  }

  step() {
    this.t++;
    for (const slot of this.slots) {
      slot.m = 0.9 * slot.m + 0.1 * slot.p.grad;
      slot.v = 0.999 * slot.v + 0.001 * slot.p.grad ** 2;
      const m = slot.m / (1 - 0.9 ** this.t);
      const v = slot.v / (1 - 0.999 ** this.t);
      slot.p.data -= (this.rate * m) / (Math.sqrt(v) + 1e-8);
    }
  }
}

class Pendulum {
  reset() {
    this.angle = Math.PI * (2 * Math.random() - 1);
    this.speed = 2 * Math.random() - 1;
    return this.observe();
  }

  observe() {
    return [Math.cos(this.angle), Math.sin(this.angle), this.speed / 8];
  }

  step([action]) {
    const wrapped = Math.atan2(Math.sin(this.angle), Math.cos(this.angle));
    const reward = -(wrapped ** 2 + 0.1 * this.speed ** 2 + 0.001 * (2 * action) ** 2) / 16;
    this.speed += (15 * Math.sin(this.angle) + 6 * action) * 0.05;
    this.speed = Math.max(-8, Math.min(8, this.speed));
    this.angle += this.speed * 0.05;
    // It never falls: an episode only ends by its time limit.
    return { next: this.observe(), reward, failed: false };
  }
}

const ACTIONS = 1;
const gamma = 0.98;
const actor = new Net(3, 16, 2 * ACTIONS);
const q1 = new Net(3 + ACTIONS, 16, 1);
const q2 = new Net(3 + ACTIONS, 16, 1);
const q1Slow = new Net(3 + ACTIONS, 16, 1);
const q2Slow = new Net(3 + ACTIONS, 16, 1);
q1Slow.follow(q1, 1);
q2Slow.follow(q2, 1);

const logAlpha = new Scalar(Math.log(0.2));
const targetEntropy = -ACTIONS;
const actorAdam = new Adam(actor.parameters, 3e-3);
const criticAdam = new Adam([...q1.parameters, ...q2.parameters], 3e-3);
const alphaAdam = new Adam([logAlpha], 1e-3);

/** An action of tanh of a normal variable, and its log density. */
function sample(state) {
  const out = actor.forward(state);
  const actions = [];
  let logPi = new Scalar(0);
  for (let i = 0; i < ACTIONS; i++) {
    const logStd = out[ACTIONS + i].clip(-5, 2);
    const noise = gaussian();
    const action = out[i].add(logStd.exp().mul(noise)).tanh();
    const normal = logStd.neg().sub(0.5 * noise ** 2 + 0.5 * Math.log(2 * Math.PI));
    const squash = new Scalar(1 + 1e-6).sub(action.square()).log();
    logPi = logPi.add(normal.sub(squash));
    actions.push(action);
  }
  return { actions, logPi };
}

const value = (net, state, actions) => net.forward([...state, ...actions])[0];

function learn(batch) {
  const alpha = Math.exp(logAlpha.data);

  const criticLoss = mean(
    batch.map(({ state, action, reward, next, failed }) => {
      const ahead = sample(next);
      const slow = min(value(q1Slow, next, ahead.actions), value(q2Slow, next, ahead.actions));
      const soft = slow.sub(ahead.logPi.mul(alpha));
      const goal = soft.mul(gamma).mul(failed ? 0 : 1).add(reward).detach();
      const e1 = value(q1, state, action).sub(goal);
      const e2 = value(q2, state, action).sub(goal);
      return e1.square().add(e2.square());
    }),
  );
  criticAdam.zero();
  criticLoss.backward();
  criticAdam.step();

  const draws = batch.map(({ state }) => ({ state, ...sample(state) }));
  const actorLoss = mean(
    draws.map(({ state, actions, logPi }) => {
      const q = min(value(q1, state, actions), value(q2, state, actions));
      return logPi.mul(alpha).sub(q);
    }),
  );
  actorAdam.zero();
  actorLoss.backward();
  actorAdam.step();

  const meanLogPi = mean(draws.map(({ logPi }) => logPi)).detach();
  const alphaLoss = logAlpha.mul(Scalar.of(targetEntropy).add(meanLogPi)).neg();
  alphaAdam.zero();
  alphaLoss.backward();
  alphaAdam.step();

  q1Slow.follow(q1, 0.01);
  q2Slow.follow(q2, 0.01);
  return { alpha, entropy: -meanLogPi.data, loss: criticLoss.data };
}

function save(path) {
  const nets = { actor, q1, q2, q1Slow, q2Slow };
  const weights = Object.fromEntries(Object.entries(nets).map(([name, net]) => [name, net.parameters.map((p) => p.data)]));
  writeFileSync(path, JSON.stringify({ weights, logAlpha: logAlpha.data }));
}

function restore(path) {
  if (!existsSync(path)) return;
  const saved = JSON.parse(readFileSync(path, "utf8"));
  const nets = { actor, q1, q2, q1Slow, q2Slow };
  for (const [name, net] of Object.entries(nets)) {
    net.parameters.forEach((p, i) => {
      p.data = saved.weights[name][i];
    });
  }
  logAlpha.data = saved.logAlpha;
}

const world = new Pendulum();
const memory = [];
restore("pendulum.json");
for (let episode = 0; episode < Number(process.argv[2] ?? 100); episode++) {
  let state = world.reset();
  let total = 0;
  let stats;
  for (let t = 0; t < 200; t++) {
    const action = sample(state).actions.map((a) => a.data);
    const { next, reward, failed } = world.step(action);
    memory.push({ state, action, reward, next, failed });
    state = next;
    total += reward;
    if (memory.length >= 64) stats = learn(Array.from({ length: 16 }, () => memory[Math.floor(Math.random() * memory.length)]));
  }
  console.log(`${episode}: return ${total.toFixed(1)}, alpha ${stats.alpha.toFixed(4)}, entropy ${stats.entropy.toFixed(2)}`);
  save("pendulum.json");
}
