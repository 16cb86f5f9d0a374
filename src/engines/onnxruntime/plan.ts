// From a graph to the plan of a program: which arrays there are, where they stand, and what runs over them in which
// order.

import { type Graph, sizeOf, type Tensor } from "../../graph/index.ts";
import { toOnnx } from "../../graph/onnx.ts";
import type { AdamStep, PolyakStep } from "../optimisers.ts";
import { withSequence } from "./in-place.ts";
import { type Group, Layout, type Place } from "./memory.ts";
import type { Bound, PartPlan, Scalar, StagePlan } from "./part-plan.ts";
import { inPieces, type Piece } from "./pieces.ts";
import { gradientName, type Stage, type Stages } from "./stages.ts";

export interface ProgramPlan {
  readonly part: PartPlan;
  readonly inputs: ReadonlyMap<string, Place>;
  readonly outputs: ReadonlyMap<string, Place>;
  readonly states: ReadonlyMap<string, Place>;
  /** Names of the states that are Adam's moments. */
  readonly moments: ReadonlySet<string>;
}

type Named = ReadonlyMap<string, Tensor>;

/**
 * @param parts how many threads have a part of the batch
 * @param threads of each of them
 * @param direct whether tensors stand where they are once for all (c-api.ts)
 * @param sequence whether the models get an output that keeps onnxruntime-node from copying (in-place.ts)
 */
export function planOf(
  graph: Graph,
  { stages, polyak }: Stages,
  parts: number,
  threads: number,
  { direct, sequence }: { direct: boolean; sequence: boolean },
): ProgramPlan {
  const layout = new Layout();
  const takeAll = (tensors: Named) =>
    layout.takeAll([...tensors].map(([name, { shape }]) => [name, sizeOf(shape)] as const));
  const inputs = takeAll(graph.inputs);
  const outputs = takeAll(graph.outputs);
  const states = takeAll(graph.state);
  const moved = takeAll(new Map(stages.flatMap((stage) => [...stage.graph.updates])));

  const names = new Map([...graph.state].map(([name, tensor]) => [tensor, name]));
  const placeOf = (held: Tensor) => states.places.get(names.get(held)!)!;
  const scalar = ({ op }: Tensor): Scalar => {
    if (op.kind === "input") return inputs.places.get(op.name)!;
    if (op.kind === "constant") return op.value;
    throw new Error(`unreachable: ${op.kind}`);
  };

  const nameOf = (step: AdamStep) => gradientName(names.get(step.states[0]!)!);

  const parameters = new Map(
    stages.flatMap(({ adam }) => adam.map((step) => [step.values[0]!, step.states[0]!])),
  );
  /** The stage after which a target moves: its parameter has been moved by then, and no later stage reads it. */
  const stageOfMove = ({ states: [target], parameter }: PolyakStep) =>
    stages.findLastIndex(
      ({ graph: { state }, adam }) =>
        state.has(names.get(target!)!) || adam.some(({ values }) => values[0] === parameter),
    );

  const stagePlan = ({ graph: part, adam }: Stage, index: number): StagePlan => {
    const gradients = layout.takeAll(adam.map((step) => [nameOf(step), sizeOf(step.gradient.shape)]));
    layout.take(gradients.all.length * (parts - 1));
    const cut = direct ? inPieces(part) : { graph: part, inputs: noPieces, outputs: noPieces };
    const { graph: own } = cut;
    const placeOfInput = pieceOr(cut.inputs, states, inputs);
    const isGradient = (name: string) => gradients.places.has(cut.outputs.get(name)?.of ?? name);
    const placeOfGradient = pieceOr(cut.outputs, gradients, gradients);
    const placeOfOutput = pieceOr(cut.outputs, outputs, outputs);
    return {
      model: sequence ? withSequence(toOnnx(own)) : toOnnx(own),
      feeds: [
        ...bound("input", own.inputs, placeOfInput),
        ...bound("state", own.state, (name) => states.places.get(name)!),
      ],
      outputs: [
        ...bound(
          "output",
          only(own.outputs, (name) => !isGradient(name)),
          placeOfOutput,
        ),
        ...bound("update", own.updates, (name) => moved.places.get(name)!),
      ],
      gradients: bound("output", only(own.outputs, isGradient), placeOfGradient),
      block: gradients.all,
      adam: adam.map((step) => {
        const [parameter, moment1, moment2] = step.states.map(placeOf) as [Place, Place, Place];
        const gradient = gradients.places.get(nameOf(step))!;
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
          target: placeOf(step.states[0]!),
          parameter: placeOf(parameters.get(step.parameter)!),
          tau: step.tau,
        })),
    };
  };
  const stagePlans = stages.map(stagePlan);
  return {
    part: {
      stages: stagePlans,
      moved: [...moved.places].map(([name, from]) => ({ from, to: states.places.get(name)! })),
      options: { threads, stopSpinning: threads > 1 && stages.length > 1 },
      parts,
      inputs: inputs.all,
      outputs: outputs.all,
      states: states.all,
      pages: layout.pages,
    },
    inputs: inputs.places,
    outputs: outputs.places,
    states: states.places,
    moments: new Set(
      stages.flatMap(({ adam }) => adam.flatMap((step) => step.states.slice(1).map((m) => names.get(m)!))),
    ),
  };
}

const noPieces: ReadonlyMap<string, Piece> = new Map();

/** Finds a tensor's place: that of its piece in `whole`, or its own in `others`. */
function pieceOr(pieces: ReadonlyMap<string, Piece>, whole: Group, others: Group) {
  return (name: string, length: number): Place => {
    const piece = pieces.get(name);
    if (piece === undefined) return others.places.get(name)!;
    return { offset: whole.places.get(piece.of)!.offset + 4 * piece.offset, length };
  };
}

function bound(prefix: string, tensors: Named, placeOf: (name: string, length: number) => Place): Bound[] {
  return [...tensors].map(([name, { shape }]) => ({
    name: `${prefix}:${name}`,
    shape,
    place: placeOf(name, sizeOf(shape)),
  }));
}

function only(tensors: Named, wanted: (name: string) => boolean): Named {
  return new Map([...tensors].filter(([name]) => wanted(name)));
}
