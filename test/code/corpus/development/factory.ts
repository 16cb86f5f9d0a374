// Soft actor-critic for the browser: factories of plain objects, no class; the environment steps in a worker.
import * as tf from "@tensorflow/tfjs";

export interface SacOptions {
  stateSize: number;
  actionSize: number;
  hiddenUnits?: number[];
  discount?: number;
  smoothing?: number;
  batchSize?: number;
  learningRate?: number;
  temperatureLearningRate?: number;
  initialTemperature?: number;
}

export interface Experience {
  state: number[];
  action: number[];
  reward: number;
  nextState: number[];
  /** 0 where the episode ended in nextState for good, else 1. */
  continues: number;
}

interface Batch {
  states: tf.Tensor2D;
  actions: tf.Tensor2D;
  rewards: tf.Tensor1D;
  nextStates: tf.Tensor2D;
  continues: tf.Tensor1D;
}

const HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI);

function createNetwork(inputs: number, hidden: number[], outputs: number): tf.Sequential {
  const network = tf.sequential();
  hidden.forEach((units, i) =>
    network.add(tf.layers.dense({ units, activation: "relu", inputShape: i === 0 ? [inputs] : undefined })),
  );
  network.add(tf.layers.dense({ units: outputs }));
  return network;
}

export function createMemory(capacity: number) {
  const items: Experience[] = [];
  let next = 0;
  return {
    size: () => items.length,
    remember(item: Experience) {
      items[next] = item;
      next = (next + 1) % capacity;
    },
    sample(count: number): Batch {
      const picked = Array.from({ length: count }, () => items[Math.floor(Math.random() * items.length)]!);
      return {
        states: tf.tensor2d(picked.map((e) => e.state)),
        actions: tf.tensor2d(picked.map((e) => e.action)),
        rewards: tf.tensor1d(picked.map((e) => e.reward)),
        nextStates: tf.tensor2d(picked.map((e) => e.nextState)),
        continues: tf.tensor1d(picked.map((e) => e.continues)),
      };
    },
  };
}

function variablesOf(...networks: tf.LayersModel[]): tf.Variable[] {
  return networks.flatMap((network) => network.trainableWeights.map((weight) => weight.read() as tf.Variable));
}

export function createSac({
  stateSize,
  actionSize,
  hiddenUnits = [128, 128],
  discount = 0.99,
  smoothing = 0.005,
  batchSize = 128,
  learningRate = 3e-4,
  temperatureLearningRate = 2e-4,
  initialTemperature = 0.5,
}: SacOptions) {
  const policy = createNetwork(stateSize, hiddenUnits, 2 * actionSize);
  const criticA = createNetwork(stateSize + actionSize, hiddenUnits, 1);
  const criticB = createNetwork(stateSize + actionSize, hiddenUnits, 1);
  const slowA = createNetwork(stateSize + actionSize, hiddenUnits, 1);
  const slowB = createNetwork(stateSize + actionSize, hiddenUnits, 1);
  slowA.setWeights(criticA.getWeights());
  slowB.setWeights(criticB.getWeights());

  const logTemperature = tf.variable(tf.scalar(Math.log(initialTemperature)), true, "logTemperature");
  const minEntropy = -actionSize;
  const policyOptimizer = tf.train.adam(learningRate);
  const criticOptimizer = tf.train.adam(learningRate);
  const temperatureOptimizer = tf.train.adam(temperatureLearningRate);

  function samplePolicy(states: tf.Tensor2D) {
    const [mean, rawLogStd] = tf.split(policy.apply(states) as tf.Tensor2D, 2, 1) as [tf.Tensor2D, tf.Tensor2D];
    const logStd = tf.clipByValue(rawLogStd, -20, 2);
    const noise = tf.randomNormal([states.shape[0], actionSize]);
    const unsquashed = tf.add(mean, tf.mul(tf.exp(logStd), noise));
    const actions = tf.tanh(unsquashed) as tf.Tensor2D;
    const normal = tf.sub(tf.sub(tf.mul(tf.square(noise), -0.5), logStd), HALF_LOG_TWO_PI);
    const jacobian = tf.log(tf.add(tf.sub(1, tf.square(actions)), 1e-6));
    const logProbs = tf.sum(tf.sub(normal, jacobian), 1);
    return { actions, logProbs };
  }

  function value(network: tf.LayersModel, states: tf.Tensor2D, actions: tf.Tensor2D) {
    return tf.squeeze<tf.Tensor1D>(network.apply(tf.concat([states, actions], 1)) as tf.Tensor2D, [1]);
  }

  function softTargets({ rewards, nextStates, continues }: Batch) {
    const next = samplePolicy(nextStates);
    const lowest = tf.minimum(value(slowA, nextStates, next.actions), value(slowB, nextStates, next.actions));
    const softValue = tf.sub(lowest, tf.mul(tf.exp(logTemperature), next.logProbs));
    return tf.add(rewards, tf.mul(discount, tf.mul(continues, softValue)));
  }

  function trainCritics(batch: Batch) {
    const targets = tf.tidy(() => softTargets(batch));
    const { value: loss, grads } = tf.variableGrads(
      () =>
        tf.add(
          tf.losses.meanSquaredError(targets, value(criticA, batch.states, batch.actions)),
          tf.losses.meanSquaredError(targets, value(criticB, batch.states, batch.actions)),
        ) as tf.Scalar,
      variablesOf(criticA, criticB),
    );
    criticOptimizer.applyGradients(grads);
    tf.dispose([grads, targets] as tf.TensorContainer);
    return loss;
  }

  function trainPolicy({ states }: Batch) {
    const temperature = Math.exp(logTemperature.dataSync()[0]!);
    const { value: loss, grads } = tf.variableGrads(() => {
      const { actions, logProbs } = samplePolicy(states);
      const q = tf.minimum(value(criticA, states, actions), value(criticB, states, actions));
      return tf.mean(tf.sub(tf.mul(temperature, logProbs), q)) as tf.Scalar;
    }, variablesOf(policy));
    policyOptimizer.applyGradients(grads);
    tf.dispose(grads);
    return loss;
  }

  function trainTemperature({ states }: Batch) {
    const entropy = tf.tidy(() => tf.neg(tf.mean(samplePolicy(states).logProbs)));
    const { value: loss, grads } = tf.variableGrads(
      () => tf.mul(logTemperature, tf.sub(entropy, minEntropy)) as tf.Scalar,
      [logTemperature],
    );
    temperatureOptimizer.applyGradients(grads);
    tf.dispose([grads, entropy] as tf.TensorContainer);
    return loss;
  }

  function follow(slow: tf.LayersModel, network: tf.LayersModel) {
    tf.tidy(() => {
      const mixed = slow
        .getWeights()
        .map((weight, i) => tf.add(tf.mul(1 - smoothing, weight), tf.mul(smoothing, network.getWeights()[i]!)));
      slow.setWeights(mixed);
    });
  }

  const memory = createMemory(100_000);

  return {
    memory,
    act(state: number[]) {
      return tf.tidy(() => Array.from(samplePolicy(tf.tensor2d([state])).actions.dataSync()));
    },
    temperature: () => Math.exp(logTemperature.dataSync()[0]!),
    learn() {
      if (memory.size() < batchSize) return undefined;
      const batch = memory.sample(batchSize);
      const losses = [trainCritics(batch), trainPolicy(batch), trainTemperature(batch)];
      follow(slowA, criticA);
      follow(slowB, criticB);
      const [critic, actor, temperature] = losses.map((loss) => loss.dataSync()[0]!);
      tf.dispose([losses, Object.values(batch)] as tf.TensorContainer);
      return { critic, actor, temperature };
    },
  };
}

export interface Environment {
  reset(): number[];
  step(action: number[]): { state: number[]; reward: number; terminated: boolean; truncated: boolean };
}

export function run(environment: Environment, options: SacOptions, steps: number, log = console.log): void {
  const agent = createSac(options);
  let state = environment.reset();
  for (let step = 0; step < steps; step++) {
    const action = agent.act(state);
    const { state: nextState, reward, terminated, truncated } = environment.step(action);
    agent.memory.remember({ state, action, reward, nextState, continues: terminated ? 0 : 1 });
    state = terminated || truncated ? environment.reset() : nextState;
    const losses = agent.learn();
    if (losses && step % 100 === 0) log(step, losses, agent.temperature());
  }
}
