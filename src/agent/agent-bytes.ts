// A saved agent as one run of bytes, for a file, a server or a browser's storage: safetensors, so that Python reads the weights,
// with everything else as text in the metadata. The first of these is the SHA-256 of all the bytes, itself taken as zeros:
// whatever changes a bit is noticed before anything is believed.

import { TemperedError } from "../errors.ts";
import { jsonOf } from "../files/json.ts";
import { sha256 } from "../files/sha256.ts";
import type { AgentState } from "./agent-state.ts";
import { decodePlain, encodePlain } from "./checkpoint/plain-data.ts";
import type { ReplayState } from "./replay-state.ts";
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from "./safetensors.ts";
import { checkState, parsedCheckpoint } from "./stored-state.ts";

const FORMAT = "tempered-agent-bytes/1";
/** Tensor [size, width] of the transitions, where they are kept. */
const REPLAY = "replay";
/** How a file of ours begins, after the eight bytes of the header's length; the hash follows. */
const BEGINNING = new TextEncoder().encode('{"__metadata__":{"sha256":"');
const HASH_AT = 8 + BEGINNING.length;
const NO_HASH = "0".repeat(64);

/**
 * The agent of that state; with its replay buffer and the episodes in progress where the state has them.
 * @throws TemperedError (SNAPSHOT) for weights that are not finite
 */
export function encodeAgent(state: AgentState): Uint8Array<ArrayBuffer> {
  checkState(state);
  const { learner, replay, ...agent } = state;
  const { tensors, ...counters } = learner;
  const all = new Map(tensors);
  if (replay) all.set(REPLAY, { shape: [replay.size, replay.width], values: replay.rows });
  const bytes = encodeSafetensors(all, {
    sha256: NO_HASH,
    format: FORMAT,
    state: JSON.stringify(encodePlain({ ...agent, learner: counters })),
    ...(replay && { replayAdded: `${replay.added}` }),
  });
  bytes.set(new TextEncoder().encode(sha256(bytes)), HASH_AT);
  return bytes;
}

/** @throws TemperedError (NO_AGENT, SNAPSHOT, SAFETENSORS, PLAIN_DATA) for bytes that are not what `encodeAgent` made */
export function decodeAgent(given: Uint8Array | ArrayBuffer): AgentState {
  const bytes =
    given instanceof ArrayBuffer
      ? new Uint8Array(given)
      : new Uint8Array(given.buffer, given.byteOffset, given.byteLength);
  mustBeWhole(bytes);
  const { state: text = "", replayAdded } = metadataOf(bytes);
  const stored = readAs("the agent's state", () => jsonOf(new TextEncoder().encode(text), "it"));
  const { learner, ...agent } = parsedCheckpoint(decodePlain(stored));
  const tensors = decodeSafetensors(bytes);
  const transitions = tensors.get(REPLAY);
  tensors.delete(REPLAY);
  const whole = { ...agent, learner: { ...learner, tensors } };
  checkState(whole);
  return transitions ? { ...whole, replay: replayOf(whole, transitions, Number(replayAdded)) } : whole;
}

function mustBeWhole(bytes: Uint8Array): void {
  if (bytes.length < HASH_AT + NO_HASH.length || BEGINNING.some((byte, i) => byte !== bytes[8 + i])) {
    throw new TemperedError(
      "NO_AGENT",
      `Expected an agent as \`agent.toBytes()\` gives it, got ${bytes.length} bytes that do not begin like one`,
    );
  }
  const blank = bytes.slice();
  const hash = new TextDecoder().decode(bytes.subarray(HASH_AT, HASH_AT + NO_HASH.length));
  blank.set(new TextEncoder().encode(NO_HASH), HASH_AT);
  if (sha256(blank) === hash) return;
  throw new TemperedError(
    "SNAPSHOT",
    `Expected an agent as \`agent.toBytes()\` gives it, got ${bytes.length} bytes with another hash than they name: they ` +
      "are cut short, damaged or changed; take a copy of them, or another agent",
  );
}

/** @throws TemperedError (NO_AGENT) for a format of another version */
function metadataOf(bytes: Uint8Array): Readonly<Record<string, string | undefined>> {
  const length = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  const header = readAs("the agent's header", () => jsonOf(bytes.subarray(8, 8 + Number(length)), "it")) as {
    readonly __metadata__: Readonly<Record<string, string | undefined>>;
  };
  const { format } = header.__metadata__;
  if (format === FORMAT) return header.__metadata__;
  throw new TemperedError(
    "NO_AGENT",
    `Expected an agent of format "${FORMAT}", got ${JSON.stringify(format)?.slice(0, 80)}; load it with the version ` +
      "of tempered that saved it",
  );
}

function replayOf(state: AgentState, { shape, values }: StoredTensor, added: number): ReplayState {
  const [size = 0, width = 0] = shape;
  const expected = 2 * state.observationSize + state.actionSize + 2;
  if (shape.length === 2 && width === expected && Number.isSafeInteger(added) && added >= size) {
    return { size, added, width, from: added - size, rows: values };
  }
  throw new TemperedError(
    "SNAPSHOT",
    `Expected a replay buffer of ${expected} numbers a transition, got [${shape.join(", ")}] of ${added} in the saved agent`,
  );
}

function readAs<T>(what: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new TemperedError("SNAPSHOT", `Expected ${what} as JSON, but ${(cause as Error).message}`, {
      cause,
    });
  }
}
