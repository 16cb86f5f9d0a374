// What an agent has learned, as it is saved: a manifest that survives JSON, and named tensors. It is an agent's state without
// its replay buffer and the episodes in progress.

import type { TemperatureState } from "../sac/temperature.ts";
import type { AgentState } from "./agent-state.ts";
import type { LearnerState } from "./learner-state.ts";
import type { StoredTensor } from "./safetensors.ts";

export const SNAPSHOT_FORMAT = "tempered-agent/1";

/** The plain data of a saved agent: of its state, and of what its learner has counted. */
export interface SnapshotManifest
  extends Omit<AgentState, "learner" | "progress" | "replay" | "collector">,
    Omit<LearnerState, "temperature" | "tensors"> {
  readonly format: typeof SNAPSHOT_FORMAT;
  readonly temperatureState: TemperatureState;
}

/** An agent as it is saved: a manifest of plain data, and named tensors. */
export interface Snapshot {
  readonly manifest: SnapshotManifest;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

/** The state as a manifest and named tensors, ready to be written. */
export function toSnapshot(state: AgentState): Snapshot {
  const { learner, progress: _, replay: __, collector: ___, ...kept } = state;
  const { tensors, updates, temperature: temperatureState, ...powers } = learner;
  return { manifest: { format: SNAPSHOT_FORMAT, ...kept, updates, temperatureState, ...powers }, tensors };
}

/** The state that a snapshot holds; what it lacks (the replay buffer) is empty. */
export function fromSnapshot({ manifest, tensors }: Snapshot): AgentState {
  const { format: _, updates, temperatureState, betaPowers, actorBetaPowers, ...kept } = manifest;
  const powers = { betaPowers, ...(actorBetaPowers && { actorBetaPowers }) };
  return { ...kept, learner: { updates, temperature: temperatureState, ...powers, tensors } };
}
