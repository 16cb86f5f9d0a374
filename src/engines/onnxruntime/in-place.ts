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
import { OnnxModel } from "../../graph/onnx-model.ts";
import { type Runtime, SEQUENCE } from "./part.ts";

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

/** How `runtime` refuses to return a sequence; undefined, should it do so one day. */
export async function refusalOf(runtime: Runtime): Promise<string | undefined> {
  const session = await runtime.InferenceSession.create(withSequence(new OnnxModel().bytes()));
  try {
    await session.run({});
    return undefined;
  } catch (error) {
    return (error as Error).message;
  } finally {
    await session.release();
  }
}
