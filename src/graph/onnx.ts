// A graph as an ONNX model. Mostly one node for one node; where ONNX Runtime is faster with another form of the
// same thing (a bias inside Gemm, all slices of a tensor as one Split, a column sum as a matrix product), that form
// is written instead. Values are named `input:x`, `state:x`, `output:x` and `update:x`.

import { type Graph, usersOf } from "./graph.ts";
import { type Attributes, OnnxModel } from "./onnx-model.ts";
import { withoutOptimisers } from "./optimisers.ts";
import { type Side, type SparseRows, sparseRows } from "./sparse-rows.ts";
import { type OpKind, sameShape, type Tensor } from "./tensor.ts";

/** ONNX's name for operations that need nothing but their inputs. */
const plain: Partial<Record<OpKind, string>> = {
  add: "Add",
  subtract: "Sub",
  divide: "Div",
  minimum: "Min",
  maximum: "Max",
  negate: "Neg",
  exp: "Exp",
  log: "Log",
  sqrt: "Sqrt",
  reciprocal: "Reciprocal",
  tanh: "Tanh",
  sigmoid: "Sigmoid",
  relu: "Relu",
};

const STEP = { alpha: 1e38, beta: 0 };

/** The graph as the bytes of a valid ONNX model (opset 20, float32). */
export function toOnnx(original: Graph): Uint8Array {
  const graph = withoutOptimisers(original);
  const emitter = new Emitter(graph);
  for (const node of graph.nodes) emitter.emit(node);
  for (const [name, tensor] of graph.outputs) emitter.expose(`output:${name}`, tensor);
  for (const [name, tensor] of graph.updates) emitter.expose(`update:${name}`, tensor);
  return emitter.model.bytes();
}

class Emitter {
  readonly model = new OnnxModel();
  private readonly names = new Map<Tensor, string>();
  private readonly users: ReadonlyMap<Tensor, readonly Tensor[]>;
  /** Products that are made by the node of what is done with them: a bias is added, a matrix is scaled. */
  private readonly folded = new Set<Tensor>();

  /** Tensors that are made for some rows only, and the sums that put the rows together again. */
  private readonly sides = new Map<Tensor, Side>();
  private readonly halves: ReadonlyMap<Tensor, SparseRows>;

  constructor(graph: Graph) {
    for (const [name, { shape }] of graph.inputs) this.model.input(`input:${name}`, shape);
    for (const [name, { shape }] of graph.state) this.model.input(`state:${name}`, shape);
    this.halves = new Map(sparseRows(graph).map((halves) => [halves.sum, halves]));
    for (const { sides } of this.halves.values()) {
      for (const side of sides) for (const tensor of side.tensors) this.sides.set(tensor, side);
    }
    this.users = usersOf(graph);
    const asked = new Set([...graph.outputs.values(), ...graph.updates.values()]);
    for (const node of graph.nodes) {
      const product = biasedProduct(node) ?? outerProduct(node);
      if (product && this.users.get(product)!.length === 1 && !asked.has(product)) this.folded.add(product);
    }
  }

  emit(tensor: Tensor): void {
    if (this.folded.has(tensor) || this.names.has(tensor)) return;
    const { op, inputs, shape } = tensor;
    const [a, b] = inputs;
    const side = this.sides.get(tensor);
    if (side) return this.someRows(tensor, side);
    switch (op.kind) {
      case "input":
      case "state":
        this.names.set(tensor, `${op.kind}:${op.name}`);
        return;
      case "constant":
        this.names.set(tensor, this.model.constant(op.value, shape));
        return;
      case "multiply":
        return this.times(tensor);
      case "square":
        return this.node(tensor, "Mul", [this.name(a!), this.name(a!)]);
      case "step":
        // 1 where x > 0: one node instead of Greater and Cast. Only 0 < x < 1e-38 gives a fraction.
        return this.node(tensor, "HardSigmoid", [this.name(a!)], STEP);
      case "softplus":
        return this.softplus(tensor, this.name(a!));
      case "clamp":
        return this.node(tensor, "Clip", [
          this.name(a!),
          this.model.constant(op.min),
          this.model.constant(op.max),
        ]);
      case "matmul":
        return this.product(tensor, tensor);
      case "sum":
        return this.sum(tensor, a!, op.axes, op.keepAxes);
      case "broadcast":
        return this.node(tensor, "Expand", [this.name(a!), this.model.integers(shape)]);
      case "reshape":
        return this.node(tensor, "Reshape", [this.name(a!), this.model.integers(shape)]);
      case "slice":
        return this.split(a!, op.axis, tensor);
      case "concat":
        return this.node(
          tensor,
          "Concat",
          inputs.map((x) => this.name(x)),
          { axis: op.axis },
        );
      case "add": {
        const halves = this.halves.get(tensor);
        if (halves) return this.allRows(halves);
        const product = biasedProduct(tensor);
        if (product && this.folded.has(product)) {
          return this.product(tensor, product, a === product ? b : a);
        }
      }
    }
    this.node(tensor, plain[op.kind]!, [this.name(a!), ...(b ? [this.name(b)] : [])]);
  }

  /** Gives `tensor` out under the name `name`. */
  expose(name: string, tensor: Tensor): void {
    this.names.set(tensor, this.model.output(name, this.name(tensor), tensor.shape));
  }

  private name(tensor: Tensor): string {
    return this.names.get(tensor)!;
  }

  private node(tensor: Tensor, type: string, inputs: string[], attributes: Attributes = {}): void {
    this.names.set(tensor, this.model.node(type, inputs, attributes));
  }

  /** What `side` needs of `tensor`, which is made of its rows alone. */
  private someRows(tensor: Tensor, side: Side): void {
    const [a] = tensor.inputs;
    const rows = (x: Tensor, axis = 0) => (side.tensors.has(x) ? this.name(x) : this.gather(x, side, axis));
    switch (tensor.op.kind) {
      case "matmul":
        return this.product(tensor, tensor, undefined, rows(a!, Number(tensor.op.transposeA)));
      case "multiply":
        return this.times(tensor, rows, side.mask);
      case "step":
        return this.node(tensor, "HardSigmoid", [rows(a!)], STEP);
    }
    throw new Error(`unreachable: ${tensor.op.kind}`);
  }

  /** The rows of both sides, each where it belongs. */
  private allRows({ sum, sides }: SparseRows): void {
    const { model } = this;
    const places = sides.map((side) => this.rowsOf(side));
    const rows = sum.inputs.map((x) => this.name(x));
    this.node(sum, "ScatterND", [
      model.constant(0, sum.shape),
      model.node("Unsqueeze", [model.node("Concat", places, { axis: 0 }), model.integers([1])]),
      model.node("Concat", rows, { axis: 0 }),
    ]);
  }

  private gather(x: Tensor, side: Side, axis: number): string {
    const { model } = this;
    return model.once(`${this.name(x)} of ${this.name(side.mask)}`, () =>
      model.node("Gather", [this.name(x), this.rowsOf(side)], { axis }),
    );
  }

  /** Numbers of the rows that `side` needs. */
  private rowsOf({ mask }: Side): string {
    const { model } = this;
    return model.once(`rows of ${this.name(mask)}`, () =>
      model.node("Gather", [model.node("NonZero", [this.name(mask)]), model.integer(1)], { axis: 0 }),
    );
  }

  private product(
    target: Tensor,
    product: Tensor,
    bias?: Tensor,
    left = this.name(product.inputs[0]!),
  ): void {
    if (product.op.kind !== "matmul") throw new Error(`unreachable: ${product.op.kind}`);
    const { transposeA, transposeB } = product.op;
    const names = [left, this.name(product.inputs[1]!)];
    if (bias !== undefined) names.push(this.name(bias));
    this.node(target, "Gemm", names, { transA: Number(transposeA), transB: Number(transposeB) });
  }

  /**
   * A matrix times the product of a column and a row is scaled by one and then the other: that product, as large as
   * the matrix, is never laid down.
   * @param rows the name of what is needed of a tensor, whose rows lie along the axis
   * @param mask 1 in all of these rows
   */
  private times(
    tensor: Tensor,
    rows: (x: Tensor, axis?: number) => string = (x) => this.name(x),
    mask?: Tensor,
  ): void {
    const { model } = this;
    const [a, b] = tensor.inputs as [Tensor, Tensor];
    const outer = outerProduct(tensor);
    if (!outer || !this.folded.has(outer)) return this.node(tensor, "Mul", [rows(a), rows(b)]);
    const [column, row] = outer.inputs as [Tensor, Tensor];
    const matrix = rows(a === outer ? b : a);
    const factor = multipleOf(column, mask);
    if (factor !== undefined) {
      const scaled = model.node("Mul", [this.name(row), model.constant(factor)]);
      return this.node(tensor, "Mul", [matrix, scaled]);
    }
    const scaled = model.node("Mul", [matrix, this.name(row)]);
    this.node(tensor, "Mul", [scaled, model.node("Reshape", [rows(column, 1), model.integers([-1, 1])])]);
  }

  /** max(x, 0) − log σ(|x|): five vectorised nodes take half the time of ONNX Runtime's Softplus. */
  private softplus(target: Tensor, x: string): void {
    const { model } = this;
    const log = model.node("Log", [model.node("Sigmoid", [model.node("Abs", [x])])]);
    this.node(target, "Sub", [model.node("Relu", [x]), log]);
  }

  private sum(target: Tensor, x: Tensor, axes: readonly number[], keepAxes: boolean): void {
    // Over the rows of a matrix: ones · x runs on the matrix kernels, ReduceSum along a column does not.
    if (x.shape.length === 2 && axes.length === 1 && axes[0] === 0 && keepAxes) {
      return this.node(target, "Gemm", [this.model.constant(1, [1, x.shape[0]!]), this.name(x)]);
    }
    this.node(target, "ReduceSum", [this.name(x), this.model.integers(axes)], { keepdims: Number(keepAxes) });
  }

  /** All slices of `x` along `axis` as one Split, or `wanted` alone as a Slice where they overlap or are just some rows. */
  private split(x: Tensor, axis: number, wanted: Tensor): void {
    const bounds = (tensor: Tensor) => {
      if (tensor.op.kind !== "slice") throw new Error(`unreachable: ${tensor.op.kind}`);
      return tensor.op;
    };
    const slices = [...new Set(this.users.get(x)!)]
      .filter((user) => user.op.kind === "slice" && user.op.axis === axis)
      .sort((p, q) => bounds(p).start - bounds(q).start);
    const overlap = slices.some((part, i) => i > 0 && bounds(part).start < bounds(slices[i - 1]!).end);
    if (overlap || (slices.length === 1 && axis === 0)) {
      const { start, end } = bounds(wanted);
      return this.node(wanted, "Slice", [
        this.name(x),
        ...[[start], [end], [axis]].map((v) => this.model.integers(v)),
      ]);
    }
    const outputs: string[] = [];
    const sizes: number[] = [];
    let at = 0;
    const piece = (end: number, tensor?: Tensor) => {
      if (end === at) return;
      const output = `${this.name(x)}.${axis}.${at}`;
      if (tensor) this.names.set(tensor, output);
      outputs.push(output);
      sizes.push(end - at);
      at = end;
    };
    for (const part of slices) {
      piece(bounds(part).start);
      piece(bounds(part).end, part);
    }
    piece(x.shape[axis]!);
    this.model.node("Split", [this.name(x), this.model.integers(sizes)], { axis }, outputs);
  }
}

/** The product of a column and a row, each given as a row, that a matrix is multiplied with; undefined for all else. */
function outerProduct({ op, inputs, shape }: Tensor): Tensor | undefined {
  if (op.kind !== "multiply" || !inputs.every((x) => sameShape(x.shape, shape))) return undefined;
  return inputs.find(
    ({ op, inputs: [column] }) =>
      op.kind === "matmul" && op.transposeA && !op.transposeB && column!.shape[0] === 1,
  );
}

/** The constant that `x` is where `mask` is 1, if `x` is the mask times a constant. */
function multipleOf({ op, inputs: [a, b] }: Tensor, mask: Tensor | undefined): number | undefined {
  return op.kind === "multiply" && a === mask && b!.op.kind === "constant" ? b!.op.value : undefined;
}

/** The matmul in `matmul + row of biases`, which Gemm computes as one; undefined for any other sum. */
function biasedProduct(tensor: Tensor): Tensor | undefined {
  if (tensor.op.kind !== "add") return undefined;
  const [a, b] = tensor.inputs as [Tensor, Tensor];
  const [product, bias] = a.op.kind === "matmul" ? [a, b] : [b, a];
  const [rows, columns] = bias.shape.length === 2 ? bias.shape : [];
  const isRow = rows === 1 && (columns === product.shape[1] || columns === 1);
  return product.op.kind === "matmul" && isRow && sameShape(product.shape, tensor.shape)
    ? product
    : undefined;
}
