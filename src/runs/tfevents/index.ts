// TensorBoard event files, read and written without TensorFlow.

export { EventFileDecoder, type EventSink } from "./decode.ts";
export { encodeFileHeader, encodeScalars, encodeText } from "./encode.ts";
export { type Damage, isRecordHeader, RECORD_HEADER_BYTES } from "./records.ts";
