// Flappy in the browser: discrete SAC with TensorFlow.js, trained while you watch.
import * as tf from "@tensorflow/tfjs";

import { drawPipes, FlappyWorld } from "./world";

const FEATURES = 5;
const ACTIONS = 2; // glide or flap
const GAMMA = 0.97;
const POLYAK = 0.01;
const BATCH = 64;

interface Frame {
  state: number[];
  action: number;
  reward: number;
  nextState: number[];
  crashed: boolean;
}

function network(units: number[]): tf.Sequential {
  const model = tf.sequential();
  units.forEach((n, i) => {
    const last = i === units.length - 1;
    model.add(
      tf.layers.dense({
        units: n,
        activation: last ? "linear" : "relu",
        inputShape: i === 0 ? [FEATURES] : undefined,
        kernelInitializer: "glorotUniform",
      }),
    );
  });
  return model;
}

class Memory {
  private readonly frames: Frame[] = [];
  private next = 0;

  constructor(private readonly capacity: number) {}

  get size(): number {
    return this.frames.length;
  }

  add(frame: Frame): void {
    this.frames[this.next] = frame;
    this.next = (this.next + 1) % this.capacity;
  }

  draw(count: number): Frame[] {
    return Array.from({ length: count }, () => this.frames[Math.floor(Math.random() * this.frames.length)]!);
  }
}

export class FlappyBrain {
  private readonly actor = network([64, 64, ACTIONS]);
  private readonly critics = [network([64, 64, ACTIONS]), network([64, 64, ACTIONS])];
  private readonly slow = [network([64, 64, ACTIONS]), network([64, 64, ACTIONS])];
  private readonly logAlpha: tf.Variable;
  private readonly targetEntropy: number;
  private readonly actorOptimizer = tf.train.adam(5e-4);
  private readonly criticOptimizer = tf.train.adam(1e-3);
  private readonly alphaOptimizer = tf.train.adam(5e-4);
  readonly memory = new Memory(50_000);

  constructor() {
    this.logAlpha = tf.variable(tf.scalar(Math.log(0.2)), true, "logAlpha");
    this.targetEntropy = 0.4 * Math.log(ACTIONS);
    this.slow.forEach((net, i) => net.setWeights(this.critics[i]!.getWeights()));
  }

  act(state: number[]) {
    return tf.tidy(() => {
      const logits = this.actor.predict(tf.tensor2d([state])) as tf.Tensor2D;
      return tf.multinomial(logits, 1).dataSync()[0]!;
    });
  }

  private values(nets: tf.Sequential[], states: tf.Tensor) {
    return nets.map((net) => net.apply(states) as tf.Tensor);
  }

  private weights(nets: tf.Sequential[]) {
    return nets.flatMap((net) => net.trainableWeights.map((w) => (w as unknown as { val: tf.Variable }).val));
  }

  private softTargets(nextStates: tf.Tensor, rewards: tf.Tensor, crashed: tf.Tensor) {
    return tf.tidy(() => {
      const logits = this.actor.apply(nextStates) as tf.Tensor;
      const nextProbs = tf.softmax(logits);
      const nextLogProbs = tf.logSoftmax(logits);
      const [q1, q2] = this.values(this.slow, nextStates);
      const soft = tf.minimum(q1!, q2!).sub(this.logAlpha.exp().mul(nextLogProbs));
      const nextValue = nextProbs.mul(soft).sum(1);
      return rewards.add(nextValue.mul(GAMMA).mul(tf.scalar(1).sub(crashed)));
    });
  }

  learn() {
    if (this.memory.size < 1000) return undefined;
    const frames = this.memory.draw(BATCH);
    return tf.tidy(() => {
      const states = tf.tensor2d(frames.map((f) => f.state));
      const nextStates = tf.tensor2d(frames.map((f) => f.nextState));
      const taken = tf.oneHot(frames.map((f) => f.action), ACTIONS).toFloat();
      const rewards = tf.tensor1d(frames.map((f) => f.reward));
      const crashed = tf.tensor1d(frames.map((f) => (f.crashed ? 1 : 0)));

      const targets = this.softTargets(nextStates, rewards, crashed);
      this.criticOptimizer.minimize(
        () => {
          const losses = this.values(this.critics, states).map(
            (q) => tf.losses.meanSquaredError(targets, q.mul(taken).sum(1)) as tf.Scalar,
          );
          return losses[0]!.add(losses[1]!) as tf.Scalar;
        },
        false,
        this.weights(this.critics),
      );

      const alpha = this.logAlpha.exp();
      const [q1, q2] = this.values(this.critics, states);
      const minQ = tf.minimum(q1!, q2!);
      this.actorOptimizer.minimize(
        () => {
          const logits = this.actor.apply(states) as tf.Tensor;
          const logProbs = tf.logSoftmax(logits);
          const perAction = alpha.mul(logProbs).sub(minQ);
          return tf.softmax(logits).mul(perAction).sum(1).mean() as tf.Scalar;
        },
        false,
        this.weights([this.actor]),
      );

      const logits = this.actor.apply(states) as tf.Tensor;
      const expectedLogProb = tf.softmax(logits).mul(tf.logSoftmax(logits)).sum(1);
      this.alphaOptimizer.minimize(
        () => {
          const gap = tf.scalar(-this.targetEntropy).sub(expectedLogProb);
          return this.logAlpha.mul(gap).mean() as tf.Scalar;
        },
        false,
        [this.logAlpha],
      );

      this.slow.forEach((net, i) => {
        const online = this.critics[i]!.getWeights();
        net.setWeights(net.getWeights().map((w, j) => w.mul(1 - POLYAK).add(online[j]!.mul(POLYAK))));
      });
      return { alpha: alpha.dataSync()[0]!, entropy: expectedLogProb.neg().mean().dataSync()[0]! };
    });
  }

  async save() {
    await this.actor.save("localstorage://flappy-actor");
    await this.critics[0]!.save("localstorage://flappy-critic-0");
    await this.critics[1]!.save("localstorage://flappy-critic-1");
    localStorage.setItem("flappy-log-alpha", String(this.logAlpha.dataSync()[0]));
  }

  restoreAlpha() {
    const stored = localStorage.getItem("flappy-log-alpha");
    if (stored !== null) this.logAlpha.assign(tf.scalar(Number(stored)));
  }
}

export async function play(canvas: HTMLCanvasElement, status: HTMLElement) {
  const world = new FlappyWorld(canvas.width, canvas.height);
  const brain = new FlappyBrain();
  brain.restoreAlpha();
  let state = world.reset();
  let score = 0;
  for (let frame = 0; ; frame++) {
    const action = brain.act(state);
    const { features, reward, crashed } = world.tick(action === 1);
    brain.memory.add({ state, action, reward, nextState: features, crashed });
    score += reward;
    state = crashed ? world.reset() : features;
    if (crashed) score = 0;
    const learnt = brain.learn();
    if (learnt && frame % 60 === 0) {
      status.textContent = `score ${score.toFixed(1)}, alpha ${learnt.alpha.toFixed(4)}, entropy ${learnt.entropy.toFixed(3)}`;
      await brain.save();
    }
    drawPipes(canvas, world);
    await tf.nextFrame();
  }
}
