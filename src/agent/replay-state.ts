// What a replay buffer holds, as plain data.

/** In a state: how a transition ended. */
export const ENDS = { terminated: 1, truncated: 2 } as const;

/** The transitions of a buffer. */
export interface ReplayState {
  readonly size: number;
  /** How many were ever stored. */
  readonly added: number;
  /** Numbers a transition: observation · next observation · action · reward · end (0, 1 terminated, 2 truncated). */
  readonly width: number;
  /** The first transition in `rows`, of all that were ever stored; the oldest held in a whole state. */
  readonly from: number;
  /** [added − from, width], the oldest first */
  readonly rows: Float32Array;
}
