// A policy as one ES module that needs nothing: weights and a small kernel are inside it. It runs in Node, browsers, workers
// and whatever else has modules and WebAssembly; where SIMD is missing, plain loops give the same numbers.

import { kernels } from "../agent/acting.generated.ts";
import { base64Of, bytesOfHex } from "../bytes-as-text.ts";
import { type Activation, GELU_CUBE, GELU_SLOPE } from "../sac/activations.ts";
import { isActivation, LAYER_NORM_EPSILON } from "../sac/layers.ts";
import { LOG_STD_MAX, LOG_STD_MIN } from "../sac/policy.ts";
import { OBSERVATION_CLIP, type Policy } from "./policy.ts";
import type { PolicyLayer } from "./policy-layers.ts";

/**
 * @param stochastic actions are drawn from the policy instead of its mode. Default false
 * @returns the module's text: `export function createPolicy(): { act(observation): Float32Array }`
 */
export function policyModule(policy: Policy, { stochastic = false }: { stochastic?: boolean } = {}): string {
  const { env, steps, observationSize, actionSize, low, high, choices, layers, normalization } = policy;
  const moves = stepsOf(layers);
  // A network has one kind of it.
  const activation = layers.flatMap(activationsIn)[0] ?? "relu";
  const outputs = moves.flatMap(([kind, units]) => (kind === "dense" ? [units] : []));
  const widths = [observationSize, ...outputs];
  const info = {
    env,
    steps,
    observationSize,
    actionSize,
    low,
    high,
    ...(choices && { choices }),
    stochastic,
  };
  return `// A policy for ${env}, trained by tempered for ${steps} environment steps. It needs nothing but this file.
//
//   import { createPolicy } from "./policy.js";
//   const policy = createPolicy();
//   const action = policy.act(observation); // ${observationSize} numbers in, ${actionSize} out, in the environment's units
//
// The array that \`act\` returns is the policy's own: copy what must outlast the next call.

/** @type {{ env: string, steps: number, observationSize: number, actionSize: number, low: number[], high: number[],${choices ? " choices: number[]," : ""} stochastic: boolean }} */
export const info = ${JSON.stringify(info)};

// What is done in turn, and units that come out; behind it the last layer.
const STEPS = ${JSON.stringify(moves.slice(0, -1))};
const OUTPUTS = ${outputs.at(-1)};
const MOST = ${Math.max(...widths.map((width) => 16 * Math.ceil(width / 16)))};
const NORMALIZATION = ${
    normalization
      ? JSON.stringify({ shift: Array.from(normalization.shift), scale: Array.from(normalization.scale) })
      : "null"
  };
// Layer by layer: a row an input, its width a multiple of 16, then the biases; of the last layer a row an output; of a norm its
// gains, then its biases.
const WEIGHTS = "${base64Of(packed(policy))}";
const KERNEL = "${base64Of(bytesOfHex(kernels))}";

/**
 * @param {{ random?: () => number }} [options] random: uniform in [0, 1), for stochastic policies. Default Math.random
 * @returns {{ act(observation: ArrayLike<number>): Float32Array }}
 */
export function createPolicy({ random = Math.random } = {}) {
  const weights = new Float32Array(bytes(WEIGHTS).buffer);
  const most = MOST;
  const start = 20 * most;
  const memory = new WebAssembly.Memory({ initial: Math.ceil((start + weights.byteLength) / 65536) });
  const stored = new Float32Array(memory.buffer, start, weights.length);
  stored.set(weights);
  const y = new Float64Array(memory.buffer, 0, most);
  const on = new Float64Array(memory.buffer, 8 * most, most);
  const rows = new Uint32Array(memory.buffer, 16 * most, most);
  const x = new Float64Array(most);
  const addRows = kernel(memory);
  const action = new Float32Array(info.actionSize);

  return {
    act(observation) {
      if (observation.length !== info.observationSize) {
        throw new RangeError(\`Expected an observation of \${info.observationSize} numbers, got \${observation.length}\`);
      }
      for (let i = 0; i < info.observationSize; i++) x[i] = normalized(observation[i], i);
      let [at, inputs] = [0, info.observationSize];
      const kept = [];
      for (const [kind, outputs] of STEPS) {
        if (kind !== "dense") {
          if (kind === "${activation}") for (let j = 0; j < inputs; j++) x[j] = ${ACTIVATED[activation]};
          else if (kind === "keep") kept.push(x.slice(0, inputs));
          else if (kind === "add") kept.pop().forEach((value, j) => (x[j] += value));
          else {
            norm(x, inputs, stored, at);
            at += 2 * inputs;
          }
          continue;
        }
        const columns = up(outputs);
        const bias = at + inputs * columns;
        for (let j = 0; j < columns; j++) y[j] = stored[bias + j];
        // Units that are switched off add nothing.
        let count = 0;
        for (let i = 0; i < inputs; i++) {
          if (x[i] === 0) continue;
          on[count] = x[i];
          rows[count++] = start + 4 * (at + i * columns);
        }
        addRows(0, on.byteOffset, rows.byteOffset, count, columns);
        for (let j = 0; j < outputs; j++) x[j] = y[j];
        at = bias + columns;
        inputs = outputs;
      }
      const head = (j) => {
        let sum = stored[at + OUTPUTS * inputs + j];
        for (let i = 0, row = at + j * inputs; i < inputs; i++) sum += x[i] * stored[row + i];
        return sum;
      };
${choices ? CHOOSE : SQUASH}      return action;
    },
  };
}

function normalized(value, i) {
  if (NORMALIZATION === null) return value;
  const scaled = (value - NORMALIZATION.shift[i]) * NORMALIZATION.scale[i];
  return Math.fround(Math.min(Math.max(scaled, -${OBSERVATION_CLIP}), ${OBSERVATION_CLIP}));
}

${choices ? CHOICE : NORMAL}${moves.some(([kind]) => kind === "layerNorm") ? NORM : ""}
function up(n) {
  return 16 * Math.ceil(n / 16);
}

// y ← y + Σ xₖ · rowₖ, \`rows\` being where each row stands, all in \`memory\` by byte addresses.
function kernel(memory) {
  try {
    return new WebAssembly.Instance(new WebAssembly.Module(bytes(KERNEL)), { env: { memory } }).exports.addRows;
  } catch {
    const doubles = new Float64Array(memory.buffer, 0, memory.buffer.byteLength >> 3);
    const floats = new Float32Array(memory.buffer);
    const places = new Uint32Array(memory.buffer);
    return (y, x, rows, count, columns) => {
      for (let k = 0; k < count; k++) {
        const [factor, row] = [doubles[(x >> 3) + k], places[(rows >> 2) + k] >> 2];
        for (let j = 0; j < columns; j++) doubles[(y >> 3) + j] += factor * floats[row + j];
      }
    };
  }
}

function bytes(base64) {
  const text = atob(base64);
  return Uint8Array.from(text, (c) => c.charCodeAt(0));
}
`;
}

const ACTIVATED: Readonly<Record<Activation, string>> = {
  relu: "x[j] < 0 ? 0 : x[j]",
  tanh: "Math.tanh(x[j])",
  elu: "x[j] < 0 ? Math.expm1(x[j]) : x[j]",
  silu: "x[j] / (1 + Math.exp(-x[j]))",
  gelu: `x[j] / (1 + Math.exp(-${GELU_SLOPE} * x[j] * (1 + ${GELU_CUBE} * x[j] * x[j])))`,
};

function activationsIn(layer: PolicyLayer): Activation[] {
  if (layer.kind === "residual") return layer.layers.flatMap(activationsIn);
  return isActivation(layer) ? [layer.kind] : [];
}

// What the module does with the last layer's numbers, by the kind of its actions.

const SQUASH = `      for (let i = 0; i < info.actionSize; i++) {
        let u = head(i);
        if (info.stochastic) u += Math.exp(Math.min(Math.max(head(info.actionSize + i), ${LOG_STD_MIN}), ${LOG_STD_MAX})) * normal(random);
        const [low, high] = [info.low[i], info.high[i]];
        const scaled = low + 0.5 * (Math.fround(Math.tanh(u)) + 1) * (high - low);
        action[i] = Math.min(Math.max(scaled, low), high);
      }
`;

const NORMAL = `// Box and Muller.
function normal(random) {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
`;

const CHOOSE = `      let first = 0;
      info.choices.forEach((n, i) => {
        const from = first;
        const logits = Array.from({ length: n }, (_, j) => head(from + j));
        action[i] = info.low[i] + choice(logits, info.stochastic ? random() : undefined);
        first += n;
      });
`;

const CHOICE = `// The number of the greatest logit, or of the one that a share of all probability falls on.
function choice(logits, share) {
  const most = Math.max(...logits);
  if (share === undefined) return logits.indexOf(most);
  const weights = logits.map((logit) => Math.exp(logit - most));
  let left = share * weights.reduce((sum, weight) => sum + weight, 0);
  const found = weights.findIndex((weight) => (left -= weight) < 0);
  return found < 0 ? logits.length - 1 : found;
}
`;

// Each unit less their mean, over their deviation, times gain and plus bias, in place.
const NORM = `
function norm(x, n, stored, at) {
  let [mean, variance] = [0, 0];
  for (let i = 0; i < n; i++) mean += x[i] / n;
  for (let i = 0; i < n; i++) variance += ((x[i] - mean) * (x[i] - mean)) / n;
  const scale = 1 / Math.sqrt(variance + ${LAYER_NORM_EPSILON});
  for (let i = 0; i < n; i++) x[i] = (x[i] - mean) * scale * stored[at + i] + stored[at + n + i];
}
`;

type ModuleStep = readonly [kind: "dense" | "layerNorm" | Activation | "keep" | "add", units: number];

/** What the module does in turn: a residual block keeps what comes in, and adds it at its end. */
function stepsOf(layers: readonly PolicyLayer[]): ModuleStep[] {
  return layers.flatMap((layer): ModuleStep[] => {
    if (isActivation(layer)) return [[layer.kind, 0]];
    if (layer.kind === "residual") return [["keep", 0], ...stepsOf(layer.layers), ["add", 0]];
    return [[layer.kind, layer.bias.length]];
  });
}

/** The weights as the module reads them. */
function packed({ layers }: Policy): Uint8Array {
  const values: number[] = [];
  pack(layers, values, layers.at(-1)!);
  return new Uint8Array(Float32Array.from(values).buffer);
}

function pack(layers: readonly PolicyLayer[], values: number[], last: PolicyLayer): void {
  for (const layer of layers) {
    if (layer.kind === "residual") pack(layer.layers, values, last);
    if (layer.kind === "residual" || isActivation(layer)) continue;
    const { weight, bias } = layer;
    const [outputs, inputs] = [bias.length, weight.length / bias.length];
    if (layer === last || layer.kind === "layerNorm") {
      for (const part of [weight, bias]) for (const value of part) values.push(value);
      continue;
    }
    const columns = 16 * Math.ceil(outputs / 16);
    const row = (value: (j: number) => number) => {
      for (let j = 0; j < columns; j++) values.push(j < outputs ? value(j) : 0);
    };
    for (let i = 0; i < inputs; i++) row((j) => weight[j * inputs + i]!);
    row((j) => bias[j]!);
  }
}
