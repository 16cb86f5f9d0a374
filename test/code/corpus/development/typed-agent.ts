// A typed agent: arrays of critics and of their slow copies, losses as closures that the optimisers minimise.
import * as tf from "@tensorflow/tfjs";

interface Batch {
  states: tf.Tensor2D;
  actions: tf.Tensor2D;
  rewards: tf.Tensor2D;
  nextStates: tf.Tensor2D;
  dones: tf.Tensor2D;
}

export class SoftAgent {
  private readonly logAlpha = tf.variable(tf.scalar(0));
  private readonly actorOptimizer = tf.train.adam(3e-4);
  private readonly criticOptimizer = tf.train.adam(3e-4);
  private readonly alphaOptimizer = tf.train.adam(1e-3);
  private readonly targetEntropy: number;

  constructor(
    private readonly actor: tf.LayersModel,
    private readonly critics: tf.LayersModel[],
    private readonly targetCritics: tf.LayersModel[],
    actionSize: number,
    private readonly gamma = 0.99,
  ) {
    this.targetEntropy = -actionSize;
  }

  private alpha(): tf.Scalar {
    return tf.exp(this.logAlpha) as tf.Scalar;
  }

  private draw(states: tf.Tensor2D): { actions: tf.Tensor2D; logProbs: tf.Tensor2D } {
    const [mean, logStd] = this.actor.predict(states) as [tf.Tensor2D, tf.Tensor2D];
    const noise = tf.randomNormal(mean.shape);
    const raw = mean.add(tf.exp(logStd).mul(noise));
    const actions = tf.tanh(raw) as tf.Tensor2D;
    const density = noise.square().mul(-0.5).sub(logStd).sub(0.5 * Math.log(2 * Math.PI));
    const correction = tf.log(tf.scalar(1 + 1e-6).sub(actions.square()));
    const logProbs = tf.sum(density.sub(correction), 1, true) as tf.Tensor2D;
    return { actions, logProbs };
  }

  private lowest(critics: tf.LayersModel[], states: tf.Tensor2D, actions: tf.Tensor2D): tf.Tensor {
    const values = critics.map((critic) => critic.predict([states, actions]) as tf.Tensor);
    return tf.minimum(values[0], values[1]);
  }

  train({ states, actions, rewards, nextStates, dones }: Batch): void {
    const targets = tf.tidy(() => {
      const next = this.draw(nextStates);
      const nextValue = this.lowest(this.targetCritics, nextStates, next.actions).sub(
        this.alpha().mul(next.logProbs),
      );
      return rewards.add(nextValue.mul(tf.scalar(1).sub(dones)).mul(this.gamma));
    });
    this.criticOptimizer.minimize(() =>
      tf.addN(
        this.critics.map((critic) =>
          tf.losses.meanSquaredError(targets, critic.predict([states, actions]) as tf.Tensor),
        ),
      ) as tf.Scalar,
    );
    this.actorOptimizer.minimize(() => {
      const { actions: fresh, logProbs } = this.draw(states);
      const value = this.lowest(this.critics, states, fresh);
      return this.alpha().mul(logProbs).sub(value).mean() as tf.Scalar;
    });
    this.alphaOptimizer.minimize(() => {
      const { logProbs } = this.draw(states);
      return this.logAlpha.mul(logProbs.add(this.targetEntropy)).mean().neg() as tf.Scalar;
    });
  }
}
