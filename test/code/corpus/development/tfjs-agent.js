import * as tf from '@tensorflow/tfjs'

const LOG_STD_MIN = -20
const LOG_STD_MAX = 2
const EPSILON = 1e-6

/** Soft Actor-Critic for the browser. */
export default class AgentSac {
  constructor({ batchSize = 256, nFrame = 1, nActions = 3, learningRate = 3e-4, alpha = 0.2, tau = 0.005, gamma = 0.99 } = {}) {
    this._batchSize = batchSize
    this._nActions = nActions
    this._tau = tau
    this._gamma = gamma
    this._targetEntropy = -nActions
    this._logAlpha = tf.variable(tf.tensor(Math.log(alpha)), true)
    this._alphaOptimizer = tf.train.adam(learningRate)
    this._actorOptimizer = tf.train.adam(learningRate)
    this._q1Optimizer = tf.train.adam(learningRate)
    this._q2Optimizer = tf.train.adam(learningRate)
  }

  async init(buildActor, buildCritic) {
    this.actor = buildActor(this._nActions)
    this.q1 = buildCritic()
    this.q2 = buildCritic()
    this.q1Target = buildCritic()
    this.q2Target = buildCritic()
    this.updateTargets(1)
  }

  sampleAction(state) {
    return tf.tidy(() => {
      let [mu, logStd] = this.actor.predict(state)
      logStd = tf.clipByValue(logStd, LOG_STD_MIN, LOG_STD_MAX)
      const std = tf.exp(logStd)
      const epsilon = tf.randomNormal(mu.shape)
      const preTanh = mu.add(std.mul(epsilon))
      const action = tf.tanh(preTanh)
      const gaussian = tf.mul(-0.5, epsilon.square().add(logStd.mul(2)).add(Math.log(2 * Math.PI)))
      const correction = tf.log(tf.scalar(1).sub(action.square()).add(EPSILON))
      const logPi = tf.sum(gaussian.sub(correction), 1, true)
      return [action, logPi]
    })
  }

  train({ state, action, reward, nextState, done }) {
    tf.tidy(() => {
      this.trainCritic({ state, action, reward, nextState, done })
      this.trainActor(state)
      this.trainAlpha(state)
      this.updateTargets(this._tau)
    })
  }

  trainCritic({ state, action, reward, nextState, done }) {
    const [nextAction, logPi] = this.sampleAction(nextState)
    const nextQ = tf.minimum(
      this.q1Target.predict([nextState, nextAction]),
      this.q2Target.predict([nextState, nextAction])
    )
    const alpha = this.getAlpha()
    const notDone = tf.scalar(1).sub(done)
    const target = reward.add(nextQ.sub(alpha.mul(logPi)).mul(notDone).mul(this._gamma))
    for (const [q, optimizer] of [[this.q1, this._q1Optimizer], [this.q2, this._q2Optimizer]]) {
      const criticLoss = () => q.predict([state, action]).sub(target).square().mean().mul(0.5)
      const { value, grads } = tf.variableGrads(criticLoss, q.getWeights(true).map((w) => w.val))
      optimizer.applyGradients(grads)
    }
  }

  trainActor(state) {
    const actorLoss = () => {
      const [freshAction, logPi] = this.sampleAction(state)
      const q = tf.minimum(this.q1.predict([state, freshAction]), this.q2.predict([state, freshAction]))
      return this.getAlpha().mul(logPi).sub(q).mean()
    }
    const { value, grads } = tf.variableGrads(actorLoss, this.actor.getWeights(true).map((w) => w.val))
    this._actorOptimizer.applyGradients(grads)
  }

  trainAlpha(state) {
    const alphaLoss = () => {
      const [, logPi] = this.sampleAction(state)
      return tf.mul(-1, this.getAlpha().mul(logPi.add(this._targetEntropy)).mean())
    }
    const { value, grads } = tf.variableGrads(alphaLoss, [this._logAlpha])
    this._alphaOptimizer.applyGradients(grads)
  }

  getAlpha() {
    return tf.exp(this._logAlpha)
  }

  updateTargets(tau) {
    for (const [source, target] of [[this.q1, this.q1Target], [this.q2, this.q2Target]]) {
      const mixed = source.getWeights().map((w, i) => w.mul(tau).add(target.getWeights()[i].mul(1 - tau)))
      target.setWeights(mixed)
    }
  }
}
