// The bytes of an ONNX model, put together node by node.

import { create, toBinary } from "@bufbuild/protobuf";
import {
  AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  TensorProto_DataType as DataType,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  type TensorProto,
  TensorProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from "onnx-buf";
import { type Shape, sizeOf } from "./tensor.ts";

/** Attributes that are no integers. */
const FLOATS: ReadonlySet<string> = new Set(["alpha", "beta", "epsilon"]);
const OPSET = 20;
const IR_VERSION = 10;

/** `alpha` and `beta` are numbers, all else are integers. */
export type Attributes = Readonly<Record<string, number>>;

/** A dimension is a number, or the name of one that every run may choose. */
export type OpenShape = readonly (number | string)[];

export class OnnxModel {
  /** Types that `Cast` goes to. */
  static readonly FLOAT = DataType.FLOAT as number;
  static readonly DOUBLE = DataType.DOUBLE as number;

  private readonly nodes: NodeProto[] = [];
  private readonly initializers = new Map<string, TensorProto>();
  private readonly inputs: ValueInfoProto[] = [];
  private readonly outputs: ValueInfoProto[] = [];
  private readonly made = new Map<string, string>();

  /** @returns the name of the node's only, or first, output; `outputs` are made up where they are not given */
  node(
    type: string,
    inputs: readonly string[],
    attributes: Attributes = {},
    outputs: readonly string[] = [`v${this.nodes.length}`],
  ): string {
    this.nodes.push(
      create(NodeProtoSchema, {
        name: `${type} ${outputs[0]}`,
        opType: type,
        input: [...inputs],
        output: [...outputs],
        attribute: Object.entries(attributes).map(([name, value]) =>
          create(
            AttributeProtoSchema,
            FLOATS.has(name)
              ? { name, type: AttributeType.FLOAT, f: value }
              : { name, type: AttributeType.INT, i: BigInt(value) },
          ),
        ),
      }),
    );
    return outputs[0]!;
  }

  /** What `make` returned the first time that `key` was asked for. */
  once(key: string, make: () => string): string {
    const name = this.made.get(key) ?? make();
    this.made.set(key, name);
    return name;
  }

  /** `value` at every place. */
  constant(value: number, shape: Shape = []): string {
    return this.once(`constant ${value} [${shape}]`, () => {
      const floats = new Float32Array(sizeOf(shape)).fill(value);
      return this.initializer(`constant ${value} [${shape}]`, shape, DataType.FLOAT, floats.buffer);
    });
  }

  integer(value: number): string {
    return this.initializer(`integer ${value}`, [], DataType.INT64, BigInt64Array.of(BigInt(value)).buffer);
  }

  integers(values: readonly number[]): string {
    const { buffer } = BigInt64Array.from(values.map(BigInt));
    return this.initializer(`integers [${values}]`, [values.length], DataType.INT64, buffer);
  }

  floats(name: string, shape: Shape, values: Float32Array): string {
    return this.initializer(name, shape, DataType.FLOAT, values.slice().buffer);
  }

  doubles(name: string, shape: Shape, values: Float64Array): string {
    return this.initializer(name, shape, DataType.DOUBLE, values.slice().buffer);
  }

  input(name: string, shape: OpenShape): void {
    this.inputs.push(valueInfo(name, shape));
  }

  /** Declares the value `value` as the output `name`. @returns its name from here on */
  output(name: string, value: string, shape: OpenShape): string {
    this.outputs.push(valueInfo(name, shape));
    const isNodes = this.nodes.some((node) => node.output.includes(value));
    if (!isNodes || this.outputs.some((output) => output.name === value)) {
      this.node("Identity", [value], {}, [name]);
      return value;
    }
    // Renamed in place: an Identity would copy the whole tensor.
    for (const node of this.nodes) {
      node.input = node.input.map((x) => (x === value ? name : x));
      node.output = node.output.map((x) => (x === value ? name : x));
    }
    return name;
  }

  /** @param metadata what the model says of itself */
  bytes(metadata: Readonly<Record<string, string>> = {}): Uint8Array {
    const model = create(ModelProtoSchema, {
      irVersion: BigInt(IR_VERSION),
      producerName: "tempered",
      metadataProps: Object.entries(metadata).map(([key, value]) => ({
        $typeName: "onnx.StringStringEntryProto" as const,
        key,
        value,
      })),
      opsetImport: [{ domain: "", version: BigInt(OPSET) }],
      graph: {
        name: "tempered",
        node: this.nodes,
        initializer: [...this.initializers.values()],
        input: this.inputs,
        output: this.outputs,
      },
    });
    return toBinary(ModelProtoSchema, model);
  }

  private initializer(name: string, shape: Shape, dataType: DataType, buffer: ArrayBuffer): string {
    const rawData = new Uint8Array(buffer);
    this.initializers.set(
      name,
      create(TensorProtoSchema, { name, dims: shape.map(BigInt), dataType, rawData }),
    );
    return name;
  }
}

function valueInfo(name: string, shape: OpenShape): ValueInfoProto {
  const dim = shape.map((d) =>
    typeof d === "number"
      ? { value: { case: "dimValue" as const, value: BigInt(d) } }
      : { value: { case: "dimParam" as const, value: d } },
  );
  return create(ValueInfoProtoSchema, {
    name,
    type: { value: { case: "tensorType", value: { elemType: DataType.FLOAT, shape: { dim } } } },
  });
}
