import * as tf from '@tensorflow/tfjs';

export interface Batch {
  obs: tf.Tensor2D;
  action: tf.Tensor2D;
  reward: tf.Tensor2D;
  nextObs: tf.Tensor2D;
  done: tf.Tensor2D;
}

export class SacLearner {
  private readonly logAlpha = tf.variable(tf.scalar(0));
  private readonly targetEntropy: number;
  private readonly actorOptimizer = tf.train.adam(3e-4);
  private readonly criticOptimizer = tf.train.adam(3e-4);
  private readonly alphaOptimizer = tf.train.adam(1e-3);

  constructor(
    private readonly actor: tf.LayersModel,
    private readonly critics: tf.LayersModel[],
    private readonly targetCritics: tf.LayersModel[],
    actionSize: number,
    private readonly gamma = 0.99,
  ) {
    this.targetEntropy = -actionSize;
  }

  private sample(obs: tf.Tensor2D): [tf.Tensor2D, tf.Tensor2D] {
    const [mean, logStd] = this.actor.apply(obs) as tf.Tensor2D[];
    const noise = tf.randomNormal(mean.shape);
    const raw = mean.add(logStd.exp().mul(noise));
    const action = raw.tanh();
    const density = noise.square().mul(-0.5).sub(logStd).sub(0.5 * Math.log(2 * Math.PI));
    const logProb = density.sub(tf.log(tf.scalar(1).sub(action.square()).add(1e-6))).sum(1, true);
    return [action as tf.Tensor2D, logProb as tf.Tensor2D];
  }

  private minQ(critics: tf.LayersModel[], obs: tf.Tensor2D, action: tf.Tensor2D): tf.Tensor {
    const [q1, q2] = critics.map((critic) => critic.apply([obs, action]) as tf.Tensor);
    return tf.minimum(q1, q2);
  }

  private target({ reward, nextObs, done }: Batch): tf.Tensor {
    return tf.tidy(() => {
      const [nextAction, nextLogProb] = this.sample(nextObs);
      const alpha = this.logAlpha.exp();
      const nextValue = this.minQ(this.targetCritics, nextObs, nextAction).sub(alpha.mul(nextLogProb));
      return reward.add(nextValue.mul(tf.scalar(1).sub(done)).mul(this.gamma));
    });
  }

  update(batch: Batch): void {
    const target = this.target(batch);
    this.criticOptimizer.minimize(() => {
      const losses = this.critics.map((critic) =>
        tf.losses.meanSquaredError(target, critic.apply([batch.obs, batch.action]) as tf.Tensor),
      );
      return losses[0].add(losses[1]) as tf.Scalar;
    });
    this.actorOptimizer.minimize(() => {
      const [action, logProb] = this.sample(batch.obs);
      const q = this.minQ(this.critics, batch.obs, action);
      const alpha = this.logAlpha.exp();
      return alpha.mul(logProb).sub(q).mean() as tf.Scalar;
    }, false, this.actor.getWeights() as tf.Variable[]);
    const [, logProb] = this.sample(batch.obs);
    this.alphaOptimizer.minimize(
      () => this.logAlpha.mul(logProb.add(this.targetEntropy)).mean().neg() as tf.Scalar,
      false,
      [this.logAlpha],
    );
    target.dispose();
  }
}
