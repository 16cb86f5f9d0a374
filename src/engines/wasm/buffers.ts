// Memory as the planner sees it: buffers that will get addresses when the order of steps is known, places in them, and
// which part of a buffer a thread touches when it does its share of a step.

export interface Buffer {
  readonly floats: number;
  /** Temporary buffers may share memory with others that live at another time. */
  readonly kind: "input" | "state" | "constant" | "temporary";
  /** What a constant is filled with. */
  readonly value?: number;
  /** Bytes from the start of memory; set when the plan is complete. */
  address: number;
}

export function newBuffer(kind: Buffer["kind"], floats: number, value?: number): Buffer {
  return { kind, floats, address: 0, ...(value === undefined ? {} : { value }) };
}

/** A run of consecutive floats in a buffer. */
export interface Place {
  readonly buffer: Buffer;
  /** Floats from the buffer's start. */
  readonly offset: number;
}

export function addressOf({ buffer, offset }: Place): number {
  return buffer.address + 4 * offset;
}

/**
 * What a step touches of a buffer when it does indices [from, to): `floats` floats at the place, or, with `stride`,
 * the floats from place + from · stride to place + to · stride.
 */
export interface Access {
  readonly place: Place;
  readonly floats: number;
  readonly stride: number;
}

export function whole(place: Place, floats: number): Access {
  return { place, floats, stride: 0 };
}

export function shared(place: Place, stride: number): Access {
  return { place, floats: 0, stride };
}

/** First and last + 1 float touched by indices [from, to). */
export function touched({ place, floats, stride }: Access, from: number, to: number): [number, number] {
  return stride === 0
    ? [place.offset, place.offset + floats]
    : [place.offset + from * stride, place.offset + to * stride];
}
