// Addresses for buffers. Temporary ones share memory where they live at different times: from the phase in which they
// are first touched to the one in which they are last. The largest is placed first, each as low as it fits.

import type { Buffer, Place } from "./buffers.ts";
import type { Turn } from "./schedule.ts";

/** A cache line, so that threads do not fight over one. */
const ALIGNMENT = 64;
/** Kernels may read up to 15 floats past the end of an array. */
const MARGIN = 64;

/** Bytes to set aside for so many floats. */
export function bytesFor(floats: number): number {
  return Math.ceil((4 * floats + MARGIN) / ALIGNMENT) * ALIGNMENT;
}

/**
 * Gives every buffer its address, but for states, which have theirs.
 * @param start the first free address
 * @returns the first free address after all buffers
 */
export function assignAddresses(
  buffers: readonly Buffer[],
  turns: readonly Turn[],
  phases: number,
  kept: Iterable<Place>,
  start: number,
): number {
  const lives = new Map<Buffer, { from: number; to: number }>();
  const use = (buffer: Buffer, phase: number) => {
    const life = lives.get(buffer);
    if (life === undefined) lives.set(buffer, { from: phase, to: phase });
    else life.to = Math.max(life.to, phase);
  };
  for (const { step, phase } of turns) {
    for (const { place } of [...step.reads, ...step.writes]) use(place.buffer, phase);
  }
  for (const { buffer } of kept) use(buffer, phases);

  const size = ({ floats }: Buffer) => bytesFor(floats);
  let end = Math.ceil(start / ALIGNMENT) * ALIGNMENT;
  for (const buffer of buffers) {
    if (buffer.kind === "temporary" || buffer.kind === "state") continue;
    buffer.address = end;
    end += size(buffer);
  }
  const base = end;
  const placed: { buffer: Buffer; life: { from: number; to: number } }[] = [];
  const temporary = buffers.filter(({ kind }) => kind === "temporary").sort((a, b) => b.floats - a.floats);
  for (const buffer of temporary) {
    const life = lives.get(buffer);
    if (life === undefined) continue;
    const neighbours = placed
      .filter((other) => other.life.from <= life.to && life.from <= other.life.to)
      .sort((a, b) => a.buffer.address - b.buffer.address);
    let address = base;
    for (const { buffer: other } of neighbours) {
      if (address + size(buffer) <= other.address) break;
      address = Math.max(address, other.address + size(other));
    }
    buffer.address = address;
    placed.push({ buffer, life });
    end = Math.max(end, address + size(buffer));
  }
  return end;
}
