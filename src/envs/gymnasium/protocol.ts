// The messages between tempered and bridge.py, whose opening comment is their definition: a little-endian header
// (u32 kind, u32 length of the body) and a body, JSON for the handshake and fixed layouts for what runs every step.

import { z } from "zod";
import type { BoxSpace } from "../spaces.ts";

export const PROTOCOL = 1;
export const HEADER_BYTES = 8;

export const KIND = { open: 1, ready: 2, reset: 3, step: 4, result: 5, failed: 6, close: 7 } as const;

/** What tempered asks for; the body of OPEN. */
export interface OpenRequest {
  readonly id: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly environments: number;
  readonly autoreset: boolean;
  readonly info: boolean;
}

const bounds = (unbounded: number) =>
  z.array(z.nullable(z.number()).transform((bound) => bound ?? unbounded));

const boxSchema = z
  .object({ kind: z.literal("box"), shape: z.array(z.int()), low: bounds(-Infinity), high: bounds(Infinity) })
  .transform(
    (box): BoxSpace => ({ ...box, low: Float64Array.from(box.low), high: Float64Array.from(box.high) }),
  );

const discreteSchema = z.object({ kind: z.literal("discrete"), n: z.int(), start: z.int() });
const multiDiscreteSchema = z.object({
  kind: z.literal("multi-discrete"),
  shape: z.array(z.int()),
  n: z.array(z.int()),
  start: z.array(z.int()),
});
const multiBinarySchema = z.object({ kind: z.literal("multi-binary"), shape: z.array(z.int()) });

export const readySchema = z.object({
  protocol: z.literal(PROTOCOL),
  versions: z.object({ python: z.string(), numpy: z.string(), gymnasium: z.string() }),
  spec: z.object({
    id: z.string(),
    maxEpisodeSteps: z.nullable(z.int()),
    rewardThreshold: z.nullable(z.number()),
  }),
  observationSpace: boxSchema,
  observationType: z.enum(["f4", "f8"]),
  /** Where Python flattens its observations: what each number is. */
  observationNames: z.optional(z.array(z.string())),
  actionSpace: z.union([boxSchema, discreteSchema, multiDiscreteSchema, multiBinarySchema]),
});

/** What Python answers to OPEN: the spaces, Gymnasium's spec and the versions in use. */
export type Ready = z.infer<typeof readySchema>;

export const failureSchema = z.object({
  reason: z.enum(["exception", "gymnasium-missing", "unknown", "space", "not-an-environment", "protocol"]),
  message: z.string(),
  traceback: z.string(),
  near: z.array(z.string()),
});

export type Failure = z.infer<typeof failureSchema>;

export function encodeMessage(kind: number, body: Uint8Array): Uint8Array {
  const message = new Uint8Array(HEADER_BYTES + body.length);
  writeHeader(message, kind);
  message.set(body, HEADER_BYTES);
  return message;
}

export function encodeOpen(request: OpenRequest): Uint8Array {
  return encodeMessage(
    KIND.open,
    new TextEncoder().encode(JSON.stringify({ protocol: PROTOCOL, ...request })),
  );
}

/** A RESET or STEP message whose body is `values`, to be written before each sending. */
export interface NumbersMessage {
  readonly bytes: Uint8Array;
  readonly values: Float64Array;
}

export function numbersMessage(kind: number, count: number): NumbersMessage {
  const bytes = new Uint8Array(HEADER_BYTES + 8 * count);
  writeHeader(bytes, kind);
  return { bytes, values: new Float64Array(bytes.buffer, HEADER_BYTES, count) };
}

/** Views into a RESULT message of `count` environments. */
export interface ResultViews {
  readonly rewards: Float64Array;
  /** [count, observation size] */
  readonly observations: Float32Array | Float64Array;
  readonly terminated: Uint8Array;
  readonly truncated: Uint8Array;
  /** Where the infos begin; the message ends here when all of them are empty. */
  readonly infosAt: number;
}

/** @param message a whole RESULT message at the start of its buffer, or a buffer that will hold one */
export function resultViews(
  message: ArrayBuffer,
  count: number,
  observationSize: number,
  type: Ready["observationType"],
): ResultViews {
  const observationsAt = HEADER_BYTES + 8 * count;
  const elements = count * observationSize;
  const terminatedAt = observationsAt + elements * (type === "f4" ? 4 : 8);
  return {
    rewards: new Float64Array(message, HEADER_BYTES, count),
    observations:
      type === "f4"
        ? new Float32Array(message, observationsAt, elements)
        : new Float64Array(message, observationsAt, elements),
    terminated: new Uint8Array(message, terminatedAt, count),
    truncated: new Uint8Array(message, terminatedAt + count, count),
    infosAt: terminatedAt + 2 * count,
  };
}

function writeHeader(message: Uint8Array, kind: number): void {
  const header = new DataView(message.buffer);
  header.setUint32(0, kind, true);
  header.setUint32(4, message.length - HEADER_BYTES, true);
}
