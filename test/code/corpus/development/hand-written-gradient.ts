// Soft Actor-Critic whose temperature is a plain number, moved by a gradient written by hand.

import { type Batch, type ReplayBuffer, sampleBatch } from "./replay";
import { type Actor, type Critic, type Optimizer, softUpdate } from "./networks";

export interface SacConfig {
  readonly gamma: number;
  readonly tau: number;
  readonly batchSize: number;
  readonly alphaLearningRate: number;
  readonly targetEntropy?: number;
}

export class SAC {
  private logAlpha = Math.log(0.2);
  private readonly targetEntropy: number;

  constructor(
    private readonly actor: Actor,
    private readonly critics: readonly [Critic, Critic],
    private readonly targets: readonly [Critic, Critic],
    private readonly actorOptimizer: Optimizer,
    private readonly criticOptimizer: Optimizer,
    private readonly config: SacConfig,
    actionDim: number,
  ) {
    this.targetEntropy = config.targetEntropy ?? -actionDim;
  }

  get alpha(): number {
    return Math.exp(this.logAlpha);
  }

  update(buffer: ReplayBuffer): { criticLoss: number; actorLoss: number; alpha: number } {
    const batch = sampleBatch(buffer, this.config.batchSize);
    const criticLoss = this.updateCritics(batch);
    const { actorLoss, meanLogProb } = this.updateActor(batch);
    this.updateAlpha(meanLogProb);
    for (const i of [0, 1] as const) softUpdate(this.targets[i], this.critics[i], this.config.tau);
    return { criticLoss, actorLoss, alpha: this.alpha };
  }

  private updateCritics(batch: Batch): number {
    const { action, logProb } = this.actor.sample(batch.nextObservation);
    const q1 = this.targets[0].forward(batch.nextObservation, action).detach();
    const q2 = this.targets[1].forward(batch.nextObservation, action).detach();
    const softValue = q1.minimum(q2).sub(logProb.detach().mulScalar(this.alpha));
    const notDone = batch.terminated.mulScalar(-1).addScalar(1);
    const target = batch.reward.add(softValue.mul(notDone).mulScalar(this.config.gamma));
    const loss1 = this.critics[0].forward(batch.observation, batch.action).sub(target).square().mean();
    const loss2 = this.critics[1].forward(batch.observation, batch.action).sub(target).square().mean();
    const loss = loss1.add(loss2);
    this.criticOptimizer.zeroGrad();
    loss.backward();
    this.criticOptimizer.step();
    return loss.item();
  }

  private updateActor(batch: Batch): { actorLoss: number; meanLogProb: number } {
    const { action, logProb } = this.actor.sample(batch.observation);
    const q1 = this.critics[0].forward(batch.observation, action);
    const q2 = this.critics[1].forward(batch.observation, action);
    const loss = logProb.mulScalar(this.alpha).sub(q1.minimum(q2)).mean();
    this.actorOptimizer.zeroGrad();
    loss.backward();
    this.actorOptimizer.step();
    return { actorLoss: loss.item(), meanLogProb: logProb.mean().item() };
  }

  /** J(α) = −log α·(log π + H̄), whose derivative by log α is −(log π + H̄). */
  private updateAlpha(meanLogProb: number): void {
    const gradient = -(meanLogProb + this.targetEntropy);
    this.logAlpha -= this.config.alphaLearningRate * gradient;
    this.logAlpha = Math.min(2, Math.max(-10, this.logAlpha));
  }
}
