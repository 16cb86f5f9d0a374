// ONNX Runtime writes outputs where we ask for them, in our own memory. onnxruntime-node then copies each of them into
// fresh JavaScript memory, to return it: 0.9 MB a SAC update that nobody reads, 4% of its time and, with V8's marking
// for the garbage, up to 13%. So the first output of our models is one that onnxruntime-node cannot return, a
// sequence: all outputs have been written by then, and it refuses before it copies any.

import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  TensorProto_DataType as DataType,
  ModelProtoSchema,
  NodeProtoSchema,
  ValueInfoProtoSchema,
} from "onnx-buf";
import type { InferenceSession } from "onnxruntime-node";
import { OnnxModel } from "../../graph/onnx-model.ts";
import { type Runtime, SEQUENCE } from "./session.ts";

/** `model` with an empty sequence as its first output. */
export function withSequence(model: Uint8Array): Uint8Array {
  const changed = fromBinary(ModelProtoSchema, model);
  const elemType = { value: { case: "tensorType" as const, value: { elemType: DataType.FLOAT } } };
  changed.graph!.node.push(create(NodeProtoSchema, { opType: "SequenceEmpty", output: [SEQUENCE] }));
  changed.graph!.output.unshift(
    create(ValueInfoProtoSchema, {
      name: SEQUENCE,
      type: { value: { case: "sequenceType", value: { elemType } } },
    }),
  );
  return toBinary(ModelProtoSchema, changed);
}

/**
 * How `runtime` refuses to return a sequence, tried out on a small model; undefined where it returns one, cannot make
 * one, or refuses before the other outputs have been written.
 */
export async function refusalOf(runtime: Runtime): Promise<string | undefined> {
  const model = new OnnxModel();
  model.input("x", [1]);
  model.output("y", model.node("Neg", ["x"]), [1]);
  const tensor = (values: Float32Array) => new runtime.Tensor("float32", values, [1]);
  const y = new Float32Array(1);
  let session: InferenceSession | undefined;
  try {
    const options = { intraOpNumThreads: 1, logSeverityLevel: 3 } as const;
    session = await runtime.InferenceSession.create(withSequence(model.bytes()), options);
    await session.run({ x: tensor(Float32Array.of(-1)) }, { [SEQUENCE]: null, y: tensor(y) });
    return undefined;
  } catch (error) {
    return y[0] === 1 ? (error as Error).message : undefined;
  } finally {
    await session?.release();
  }
}
