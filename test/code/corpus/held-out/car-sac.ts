// SAC for the continuous mountain car, with TensorFlow.js. Start with: npx tsx car-sac.ts
import * as tf from "@tensorflow/tfjs-node";
import { MountainCarContinuous } from "./mountain-car";

interface Transition {
  obs: number[];
  action: number[];
  reward: number;
  nextObs: number[];
  done: number;
}

interface Options {
  gamma: number;
  tau: number;
  learningRate: number;
  batchSize: number;
}

const LOG_STD_MIN = -20;
const LOG_STD_MAX = 2;

class ReplayBuffer {
  private readonly items: Transition[] = [];
  private next = 0;

  constructor(private readonly capacity: number) {}

  get size(): number {
    return this.items.length;
  }

  add(transition: Transition): void {
    this.items[this.next] = transition;
    this.next = (this.next + 1) % this.capacity;
  }

  sample(count: number): Transition[] {
    return Array.from({ length: count }, () => this.items[Math.floor(Math.random() * this.items.length)]);
  }
}

function mlp(inputs: number, outputs: number): tf.LayersModel {
  const model = tf.sequential();
  model.add(tf.layers.dense({ units: 128, activation: "relu", inputShape: [inputs] }));
  model.add(tf.layers.dense({ units: 128, activation: "relu" }));
  model.add(tf.layers.dense({ units: outputs }));
  return model;
}

const weightsOf = (...models: tf.LayersModel[]) =>
  models.flatMap((model) => model.getWeights(true) as tf.Variable[]);

export class SacAgent {
  private readonly actor: tf.LayersModel;
  private readonly critic1: tf.LayersModel;
  private readonly critic2: tf.LayersModel;
  private readonly target1: tf.LayersModel;
  private readonly target2: tf.LayersModel;
  private readonly logAlpha = tf.variable(tf.scalar(Math.log(0.2)), true, "logAlpha");
  private readonly targetEntropy: number;
  private readonly actorOptimizer: tf.Optimizer;
  private readonly criticOptimizer: tf.Optimizer;
  private readonly alphaOptimizer = tf.train.adam(3e-4);

  constructor(obsSize: number, private readonly actionSize: number, private readonly options: Options) {
    this.actor = mlp(obsSize, 2 * actionSize);
    this.critic1 = mlp(obsSize + actionSize, 1);
    this.critic2 = mlp(obsSize + actionSize, 1);
    this.target1 = mlp(obsSize + actionSize, 1);
    this.target2 = mlp(obsSize + actionSize, 1);
    this.target1.setWeights(this.critic1.getWeights());
    this.target2.setWeights(this.critic2.getWeights());
    this.targetEntropy = -actionSize;
    this.actorOptimizer = tf.train.adam(options.learningRate);
    this.criticOptimizer = tf.train.adam(options.learningRate);
  }

  /** Tanh-squashed actions and log π of each row. */
  private samplePolicy(obs: tf.Tensor2D) {
    const [mean, rawLogStd] = tf.split(this.actor.apply(obs) as tf.Tensor, 2, 1);
    const logStd = rawLogStd.clipByValue(LOG_STD_MIN, LOG_STD_MAX);
    const noise = tf.randomNormal(mean.shape);
    const preTanh = mean.add(logStd.exp().mul(noise));
    const action = preTanh.tanh();
    const gaussian = noise.square().mul(-0.5).sub(logStd).sub(0.5 * Math.log(2 * Math.PI));
    const correction = tf.log(tf.scalar(1).sub(action.square()).add(1e-6));
    const logProb = gaussian.sub(correction).sum(1, true);
    return { action, logProb };
  }

  private q(critic: tf.LayersModel, obs: tf.Tensor, action: tf.Tensor): tf.Tensor {
    return critic.apply(tf.concat([obs, action], 1)) as tf.Tensor;
  }

  act(obs: number[]): number[] {
    return tf.tidy(() => Array.from(this.samplePolicy(tf.tensor2d([obs])).action.dataSync()));
  }

  train(batch: Transition[]): void {
    const { gamma, tau } = this.options;
    tf.tidy(() => {
      const obs = tf.tensor2d(batch.map((t) => t.obs));
      const actions = tf.tensor2d(batch.map((t) => t.action));
      const rewards = tf.tensor2d(batch.map((t) => [t.reward]));
      const nextObs = tf.tensor2d(batch.map((t) => t.nextObs));
      const notDone = tf.tensor2d(batch.map((t) => [1 - t.done]));
      const alpha = this.logAlpha.exp();

      const next = this.samplePolicy(nextObs);
      const nextQ = tf.minimum(
        this.q(this.target1, nextObs, next.action),
        this.q(this.target2, nextObs, next.action),
      );
      const nextValue = nextQ.sub(next.logProb.mul(alpha));
      const y = rewards.add(nextValue.mul(notDone).mul(gamma));

      this.criticOptimizer.minimize(
        () => {
          const loss1 = tf.losses.meanSquaredError(y, this.q(this.critic1, obs, actions));
          const loss2 = tf.losses.meanSquaredError(y, this.q(this.critic2, obs, actions));
          return loss1.add(loss2) as tf.Scalar;
        },
        false,
        weightsOf(this.critic1, this.critic2),
      );

      this.actorOptimizer.minimize(
        () => {
          const { action, logProb } = this.samplePolicy(obs);
          const minQ = tf.minimum(this.q(this.critic1, obs, action), this.q(this.critic2, obs, action));
          return minQ.sub(logProb.mul(alpha)).mean().neg() as tf.Scalar;
        },
        false,
        weightsOf(this.actor),
      );

      const { logProb } = this.samplePolicy(obs);
      this.alphaOptimizer.minimize(
        () => this.logAlpha.mul(logProb.add(this.targetEntropy)).mean().neg() as tf.Scalar,
        false,
        [this.logAlpha],
      );

      this.softUpdate(this.critic1, this.target1, tau);
      this.softUpdate(this.critic2, this.target2, tau);
    });
  }

  private softUpdate(source: tf.LayersModel, target: tf.LayersModel, tau: number): void {
    const old = target.getWeights();
    target.setWeights(source.getWeights().map((w, i) => w.mul(tau).add(old[i].mul(1 - tau))));
  }

  get alpha(): number {
    return Math.exp(this.logAlpha.dataSync()[0]);
  }
}

async function main(): Promise<void> {
  const env = new MountainCarContinuous({ maxSteps: 999 });
  const agent = new SacAgent(2, 1, { gamma: 0.99, tau: 0.01, learningRate: 3e-4, batchSize: 128 });
  const buffer = new ReplayBuffer(50_000);
  for (let episode = 0; episode < 300; episode++) {
    let obs = env.reset();
    let total = 0;
    for (;;) {
      const action = agent.act(obs);
      const { observation, reward, terminated, truncated } = env.step(action);
      buffer.add({ obs, action, reward, nextObs: observation, done: terminated ? 1 : 0 });
      obs = observation;
      total += reward;
      if (buffer.size >= 1000) agent.train(buffer.sample(128));
      if (terminated || truncated) break;
    }
    console.log(`episode ${episode}: ${total.toFixed(1)}, alpha ${agent.alpha.toFixed(4)}`);
    await tf.nextFrame();
  }
}

main();
