// Every run of ONNX Runtime leaves copies of its outputs to the garbage collector (about 1 MB a SAC update). V8 then
// keeps starting incremental marking, which costs far more than it frees: switching it off gave 260 → 280 updates/s
// on one core and 373 → 414 on two. The switch is for the whole process, so it belongs to programs that own theirs
// (the command line, benchmarks), not to a library call.

import { setFlagsFromString } from "node:v8";

/** Stops V8's incremental marking in this process; whole collections, of a few milliseconds here, remain. */
export function stopIncrementalMarking(): void {
  setFlagsFromString("--no-incremental-marking");
}
