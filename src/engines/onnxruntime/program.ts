// A graph compiled for ONNX Runtime: its stages, one session each, over states that live in one memory of ours.

import type { InferenceSession, OnnxValue, Tensor as OrtTensor } from "onnxruntime-node";
import { TemperedError } from "../../errors.ts";
import { type Graph, sizeOf, type Tensor } from "../../graph/index.ts";
import { toOnnx } from "../../graph/onnx.ts";
import type { NamedArrays, Program } from "../engine.ts";
import type { AdamStep } from "../optimisers.ts";
import { checkedArray, unknownState } from "../program-checks.ts";
import { type ProgramMemory, programMemory } from "./memory.ts";
import { gradientName, type Stages, stagesOf } from "./stages.ts";

export type Runtime = typeof import("onnxruntime-node");

interface Running {
  readonly session: InferenceSession;
  readonly feeds: Record<string, OrtTensor>;
  readonly fetches: Record<string, OnnxValue | null>;
  readonly afterwards: (inputs: NamedArrays) => void;
}

export class OnnxProgram implements Program {
  readonly stateNames: readonly string[];
  private readonly graph: Graph;
  private readonly states: ReadonlyMap<string, Float32Array>;
  /** New values of states that no optimiser step writes in place: copied over once all stages have run. */
  private readonly pending: ReadonlyMap<string, Float32Array>;
  private readonly inputs: ReadonlyMap<string, Float32Array>;
  private readonly outputs: NamedArrays;
  private readonly stages: readonly Running[];
  private readonly moveTargets: () => void;
  private disposed = false;

  static async compile(runtime: Runtime, graph: Graph, threads: number): Promise<OnnxProgram> {
    const stages = stagesOf(graph);
    const sessions = await Promise.all(
      stages.stages.map((stage) =>
        runtime.InferenceSession.create(toOnnx(stage.graph), sessionOptions(threads, stages.stages.length)),
      ),
    );
    const lengths = [
      ...graph.state.values(),
      ...stages.stages.flatMap(({ adam }) => adam.map(({ gradient }) => gradient)),
    ];
    return new OnnxProgram(
      runtime,
      graph,
      stages,
      sessions,
      await programMemory(lengths.map(({ shape }) => sizeOf(shape))),
    );
  }

  private constructor(
    runtime: Runtime,
    graph: Graph,
    { stages, polyak }: Stages,
    sessions: readonly InferenceSession[],
    { kernels, arrays }: ProgramMemory,
  ) {
    this.graph = graph;
    this.stateNames = [...graph.state.keys()];
    const zeros = (named: ReadonlyMap<string, Tensor>) =>
      new Map([...named].map(([name, { shape }]) => [name, new Float32Array(sizeOf(shape))]));
    this.states = new Map(this.stateNames.map((name, i) => [name, arrays[i]!]));
    this.inputs = zeros(graph.inputs);
    const outputs = zeros(graph.outputs);
    this.outputs = Object.fromEntries(outputs);
    this.pending = new Map(stages.flatMap((stage) => [...zeros(stage.graph.updates)]));

    const named = new Map([...graph.state].map(([name, tensor]) => [tensor, name]));
    const arrayOf = (held: Tensor) => this.states.get(named.get(held)!)!;
    let spare = this.stateNames.length;
    this.stages = stages.map(({ graph: part, adam }, i) => {
      const gradients = new Map(
        adam.map((step) => [gradientName(named.get(step.states[0]!)!), arrays[spare++]!]),
      );
      const tensors = (
        prefix: string,
        wanted: ReadonlyMap<string, Tensor>,
        held: (name: string) => Float32Array,
      ) =>
        Object.fromEntries(
          [...wanted].map(([name, { shape }]) => [
            `${prefix}:${name}`,
            new runtime.Tensor("float32", held(name), [...shape]),
          ]),
        );
      return {
        session: sessions[i]!,
        feeds: {
          ...tensors("input", part.inputs, (name) => this.inputs.get(name)!),
          ...tensors("state", part.state, (name) => this.states.get(name)!),
        },
        fetches: {
          ...tensors("output", part.outputs, (name) => gradients.get(name) ?? outputs.get(name)!),
          ...tensors("update", part.updates, (name) => this.pending.get(name)!),
        },
        afterwards: (inputs) => {
          for (const step of adam) {
            const [parameter, moment1, moment2] = step.states.map(arrayOf) as [
              Float32Array,
              Float32Array,
              Float32Array,
            ];
            kernels.adam(
              parameter.byteOffset,
              moment1.byteOffset,
              moment2.byteOffset,
              gradients.get(gradientName(named.get(step.states[0]!)!))!.byteOffset,
              parameter.length,
              step.beta1,
              step.beta2,
              scalar(step.size, inputs),
              scalar(step.epsilon, inputs),
            );
          }
        },
      };
    });
    const parameters = new Map(
      stages.flatMap(({ adam }) => adam.map((step: AdamStep) => [step.values[0]!, step.states[0]!])),
    );
    this.moveTargets = () => {
      for (const { states, parameter, tau } of polyak) {
        const [target, source] = [arrayOf(states[0]!), arrayOf(parameters.get(parameter)!)];
        kernels.polyak(target.byteOffset, source.byteOffset, target.length, tau);
      }
    };
  }

  async run(inputs: NamedArrays): Promise<NamedArrays> {
    if (this.disposed) {
      throw new TemperedError(
        "DISPOSED",
        "Expected a program in use, but it was disposed; compile the graph again",
      );
    }
    for (const [name, held] of this.inputs) held.set(checkedArray("input", name, held.length, inputs[name]));
    for (const { session, feeds, fetches, afterwards } of this.stages) {
      await session.run(feeds, fetches);
      afterwards(inputs);
    }
    this.moveTargets();
    for (const [name, values] of this.pending) this.states.get(name)!.set(values);
    return this.outputs;
  }

  readState(name: string): Float32Array {
    const held = this.states.get(name);
    if (held === undefined) throw unknownState(name, this.stateNames);
    return held;
  }

  writeState(name: string, values: Float32Array): void {
    const held = this.readState(name);
    held.set(checkedArray("state", name, held.length, values));
  }

  async dispose(): Promise<void> {
    if (this.disposed) return;
    this.disposed = true;
    await Promise.all(this.stages.map(({ session }) => session.release()));
  }
}

function sessionOptions(threads: number, sessions: number): InferenceSession.SessionOptions {
  return {
    executionProviders: ["cpu"],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: "sequential",
    graphOptimizationLevel: "all",
    enableCpuMemArena: true,
    enableMemPattern: true,
    // ONNX Runtime's warnings about shapes it folds are of no use to a user.
    logSeverityLevel: 3,
    // Threads that spin for a session at rest would take the cores from the one at work.
    ...(sessions > 1 && threads > 1 ? { extra: { session: { force_spinning_stop: "1" } } } : {}),
  };
}

/** The value of a scalar that is an input or a constant. */
function scalar({ op }: Tensor, inputs: NamedArrays): number {
  if (op.kind === "input") return inputs[op.name]![0]!;
  if (op.kind === "constant") return op.value;
  throw new Error(`unreachable: ${op.kind}`);
}
