// From graphs to the plan of a program: which arrays there are, where they stand, and what runs over them in which order.

import { type Graph, sizeOf, type Tensor } from "../../graph/index.ts";
import { toOnnx } from "../../graph/onnx.ts";
import type { AdamStep, PolyakStep } from "../optimisers.ts";
import { unionOf } from "../program-checks.ts";
import { withSequence } from "./in-place.ts";
import { type Group, Layout, type Region } from "./memory.ts";
import { inPieces, type Piece } from "./pieces.ts";
import type { Bound, EntryPlan, Scalar, ShardPlan, StagePlan } from "./shard-plan.ts";
import { gradientName, type Stage, type Stages } from "./stages.ts";

export interface ProgramPlan {
  readonly shard: ShardPlan;
  readonly inputs: ReadonlyMap<string, Region>;
  readonly outputs: ReadonlyMap<string, Region>;
  readonly states: ReadonlyMap<string, Region>;
  /** Names of the states that are Adam's moments. */
  readonly moments: ReadonlySet<string>;
}

type Named = ReadonlyMap<string, Tensor>;

/**
 * @param shards how many threads have a shard of the batch
 * @param threads of each of them
 * @param direct whether tensors stand where they are once for all (c-api.ts)
 * @param sequence whether the models get an output that keeps onnxruntime-node from copying (in-place.ts)
 */
export function planOf(
  graphs: readonly Graph[],
  stagesOfAll: readonly Stages[],
  shards: number,
  threads: number,
  { direct, sequence }: { direct: boolean; sequence: boolean },
): ProgramPlan {
  const layout = new Layout();
  const takeAll = (tensors: Named) =>
    layout.takeAll([...tensors].map(([name, { shape }]) => [name, sizeOf(shape)] as const));
  const inputs = takeAll(unionOf(graphs, "inputs"));
  const outputs = takeAll(unionOf(graphs, "outputs"));
  const states = takeAll(unionOf(graphs, "state"));
  const stages: StagePlan[] = [];
  const entries: EntryPlan[] = [];
  const moments = new Set<string>();
  for (const ofEntry of stagesOfAll) {
    const moved = takeAll(new Map(ofEntry.stages.flatMap((stage) => [...stage.graph.updates])));
    const plans = stagePlans(ofEntry, { layout, inputs, outputs, states, moved, shards, direct, sequence });
    entries.push({
      firstStage: stages.length,
      stages: plans.length,
      moved: [...moved.regions].map(([name, from]) => ({ from, to: states.regions.get(name)! })),
    });
    stages.push(...plans);
    for (const { adam } of ofEntry.stages)
      for (const step of adam) for (const held of step.states.slice(1)) moments.add(stateName(held));
  }
  return {
    shard: {
      stages,
      entries,
      options: { threads, stopSpinning: threads > 1 && stages.length > 1 },
      shards,
      inputs: inputs.all,
      outputs: outputs.all,
      states: states.all,
      pages: layout.pages,
    },
    inputs: inputs.regions,
    outputs: outputs.regions,
    states: states.regions,
    moments,
  };
}

interface Arrays {
  readonly layout: Layout;
  readonly inputs: Group;
  readonly outputs: Group;
  readonly states: Group;
  /** New values that are copied to their states at the end. */
  readonly moved: Group;
  readonly shards: number;
  readonly direct: boolean;
  readonly sequence: boolean;
}

function stateName({ op }: Tensor): string {
  if (op.kind !== "state") throw new Error(`unreachable: ${op.kind}`);
  return op.name;
}

function stagePlans(
  { stages, polyak }: Stages,
  { layout, inputs, outputs, states, moved, shards, direct, sequence }: Arrays,
): StagePlan[] {
  const regionOf = (held: Tensor) => states.regions.get(stateName(held))!;
  const scalar = ({ op }: Tensor): Scalar => {
    if (op.kind === "input") return inputs.regions.get(op.name)!;
    if (op.kind === "constant") return op.value;
    throw new Error(`unreachable: ${op.kind}`);
  };

  const nameOf = (step: AdamStep) => gradientName(stateName(step.states[0]!));

  const parameters = new Map(
    stages.flatMap(({ adam }) => adam.map((step) => [step.values[0]!, step.states[0]!])),
  );
  /** The stage after which a target moves: its parameter has been moved by then, and no later stage reads it. */
  const stageOfMove = ({ states: [target], parameter }: PolyakStep) =>
    stages.findLastIndex(
      ({ graph: { state }, adam }) =>
        state.has(stateName(target!)) || adam.some(({ values }) => values[0] === parameter),
    );

  const stagePlan = ({ graph: part, adam }: Stage, index: number): StagePlan => {
    const gradients = layout.takeAll(adam.map((step) => [nameOf(step), sizeOf(step.gradient.shape)]));
    layout.take(gradients.all.length * (shards - 1));
    const cut = direct ? inPieces(part) : { graph: part, inputs: noPieces, outputs: noPieces };
    const { graph: own } = cut;
    const regionOfInput = pieceOr(cut.inputs, states, inputs);
    const isGradient = (name: string) => gradients.regions.has(cut.outputs.get(name)?.of ?? name);
    const regionOfGradient = pieceOr(cut.outputs, gradients, gradients);
    const regionOfOutput = pieceOr(cut.outputs, outputs, outputs);
    return {
      model: sequence ? withSequence(toOnnx(own)) : toOnnx(own),
      feeds: [
        ...bound("input", own.inputs, regionOfInput),
        ...bound("state", own.state, (name) => states.regions.get(name)!),
      ],
      outputs: [
        ...bound(
          "output",
          only(own.outputs, (name) => !isGradient(name)),
          regionOfOutput,
        ),
        ...bound("update", own.updates, (name) => moved.regions.get(name)!),
      ],
      gradients: bound("output", only(own.outputs, isGradient), regionOfGradient),
      block: gradients.all,
      adam: adam.map((step) => {
        const [parameter, moment1, moment2] = step.states.map(regionOf) as [Region, Region, Region];
        const gradient = gradients.regions.get(nameOf(step))!;
        const [size, epsilon, keep] = [step.size, step.epsilon, step.keep].map(scalar) as [
          Scalar,
          Scalar,
          Scalar,
        ];
        const { beta1, beta2 } = step;
        return { parameter, moment1, moment2, gradient, beta1, beta2, size, epsilon, keep };
      }),
      polyak: polyak
        .filter((step) => stageOfMove(step) === index)
        .map((step) => ({
          target: regionOf(step.states[0]!),
          parameter: regionOf(parameters.get(step.parameter)!),
          tau: step.tau,
        })),
    };
  };
  return stages.map(stagePlan);
}

const noPieces: ReadonlyMap<string, Piece> = new Map();

/** Finds a tensor's region: that of its piece in `whole`, or its own in `others`. */
function pieceOr(pieces: ReadonlyMap<string, Piece>, whole: Group, others: Group) {
  return (name: string, length: number): Region => {
    const piece = pieces.get(name);
    if (piece === undefined) return others.regions.get(name)!;
    return { offset: whole.regions.get(piece.of)!.offset + 4 * piece.offset, length };
  };
}

function bound(prefix: string, tensors: Named, regionOf: (name: string, length: number) => Region): Bound[] {
  return [...tensors].map(([name, { shape }]) => ({
    name: `${prefix}:${name}`,
    shape,
    region: regionOf(name, sizeOf(shape)),
  }));
}

function only(tensors: Named, wanted: (name: string) => boolean): Named {
  return new Map([...tensors].filter(([name]) => wanted(name)));
}
