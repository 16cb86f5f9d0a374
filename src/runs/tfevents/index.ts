// TensorBoard event files, read and written without TensorFlow.

export { EventFileDecoder, type EventSink } from "./decode.ts";
export { encodeFileHeader, encodeScalars, encodeText } from "./encode.ts";
export type { Damage } from "./records.ts";
