// Checkpoints of a run on disk, in its directory's `checkpoint/`. A manifest names the files that make a checkpoint, with
// size and SHA-256 of each: the weights as safetensors, the replay buffer as raw segments that follow each other and are
// shared between checkpoints, so that only new rows are written. A manifest appears by a rename after all that it names is
// on disk; the one before it stays until then and one longer, and is taken where the newest is damaged.
//
//   checkpoint/manifest-0000010000.json    the state, without arrays that are large
//   checkpoint/weights-SHA.safetensors     networks and moments
//   checkpoint/replay-FROM-TO-SHA.f32      transitions number FROM up to TO of all that were ever stored

import { mkdirSync, readdirSync, statSync } from "node:fs";
import { open, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { TemperedError } from "../../errors.ts";
import { readJsonFile, readPlainFile } from "../../files/plain-file.node.ts";
import { sha256 } from "../../files/sha256.node.ts";
import type { AgentState } from "../agent-state.ts";
import type { ReplayState } from "../replay-state.ts";
import { decodeSafetensors, encodeSafetensors } from "../safetensors.ts";
import { checkState, parsedCheckpoint } from "../stored-state.ts";
import { decodePlain, encodePlain } from "./plain-data.ts";

const FORMAT = "tempered-checkpoint/1";
const MANIFEST = /^manifest-(\d{10,16})\.json$/;
/** What this store writes; nothing else is ever removed. */
const OWN_FILE = /^(weights-[0-9a-f]{16}\.safetensors|replay-\d+-\d+-[0-9a-f]{16}\.f32|\.[\w.-]+\.tmp)$/;
/** Manifests kept. */
const KEPT = 2;

const count = z.int().min(0);
const storedFile = z.strictObject({
  name: z.string().regex(OWN_FILE),
  bytes: count,
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
const manifestSchema = z.strictObject({
  format: z.literal(FORMAT),
  weights: storedFile,
  replay: z.strictObject({
    size: count,
    added: count,
    width: count,
    /** Each has transitions `from` up to `to` of all that were ever stored. */
    segments: z.array(storedFile.extend({ from: count, to: count })),
  }),
  /** Agent and run as plain data. */
  state: z.unknown(),
  /** SHA-256 of `state` as it stands here. */
  stateSha256: z.string(),
});

type Manifest = z.output<typeof manifestSchema>;
type StoredFile = z.output<typeof storedFile>;
type Segment = Manifest["replay"]["segments"][number];

/** What a checkpoint holds. @typeParam R what the run keeps beside its agent: plain data */
export interface Checkpoint<R> {
  readonly agent: AgentState;
  readonly run: R;
}

export class CheckpointStore {
  private readonly directory: string;
  private segments: readonly Segment[];
  /** Manifests that were passed over; they would be taken for the newest again. */
  private damaged: readonly string[] = [];
  private inFlight: Promise<void> | undefined;

  /** @param directory made where it is missing */
  constructor(directory: string) {
    this.directory = directory;
    mkdirSync(directory, { recursive: true });
    this.segments = [];
  }

  /** The first transition that no written checkpoint has yet. */
  get replayWritten(): number {
    return this.segments.at(-1)?.to ?? 0;
  }

  /** Whether one is being written. */
  get isBusy(): boolean {
    return this.inFlight !== undefined;
  }

  /**
   * Writes a checkpoint while other work goes on: its replay buffer from `replayWritten` on. One at a time: wait for `settled` before the next.
   * @throws the file system's error, by rejecting; the checkpoint before is whole then
   */
  write<R>({ agent, run }: Checkpoint<R>): Promise<void> {
    const writing = this.writeNow(agent, run).finally(() => {
      this.inFlight = undefined;
    });
    this.inFlight = writing;
    return writing;
  }

  /** Ends when nothing is being written any more, however that went. */
  async settled(): Promise<void> {
    try {
      await this.inFlight;
    } catch {
      // Whoever asked for it hears of it.
    }
  }

  private async writeNow({ learner, replay, ...agent }: AgentState, run: unknown): Promise<void> {
    const { tensors, ...counters } = learner;
    const weights = await this.writeFile("weights", ".safetensors", encodeSafetensors(tensors));
    const { size, added, width, from, rows } = replay!;
    const fresh: Segment[] = [];
    if (rows.length > 0) {
      const bytes = new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength);
      fresh.push({ ...(await this.writeFile(`replay-${from}-${added}`, ".f32", bytes)), from, to: added });
    }
    // Rows that were written over before they were ever written out leave a gap, before which nothing is needed.
    const segments = [...this.segments, ...fresh].filter(({ to }) => to > added - size);
    const state = encodePlain({ agent: { ...agent, learner: counters }, run });
    const manifest: Manifest = {
      format: FORMAT,
      weights,
      replay: { size, added, width, segments },
      state,
      stateSha256: sha256(JSON.stringify(state)),
    };
    const name = `manifest-${`${agent.steps}`.padStart(10, "0")}.json`;
    await this.writeAtomically(name, Buffer.from(JSON.stringify(manifest)));
    // The training comes by the step of a damaged one again, and writes over it.
    this.damaged = this.damaged.filter((other) => other !== name);
    this.segments = segments;
    await this.removeOld();
  }

  private async writeFile(stem: string, ending: string, content: Uint8Array): Promise<StoredFile> {
    const hash = sha256(content);
    const name = `${stem}-${hash.slice(0, 16)}${ending}`;
    await this.writeAtomically(name, content);
    return { name, bytes: content.byteLength, sha256: hash };
  }

  private async writeAtomically(name: string, content: Uint8Array): Promise<void> {
    const temporary = join(this.directory, `.${name}.tmp`);
    const file = await open(temporary, "w");
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, join(this.directory, name));
    const directory = await open(this.directory, "r");
    try {
      await directory.sync();
    } finally {
      await directory.close();
    }
  }

  /** Manifests beyond those kept, and files of ours that none of the kept ones names. */
  private async removeOld(): Promise<void> {
    for (const name of this.damaged) await rm(join(this.directory, name), { force: true });
    this.damaged = [];
    const names = await readdir(this.directory);
    const manifests = names.filter((name) => MANIFEST.test(name)).sort();
    const kept = manifests.slice(-KEPT);
    const needed = new Set<string>(kept);
    for (const name of kept) {
      try {
        const { weights, replay } = parsedStore(join(this.directory, name));
        for (const file of [weights, ...replay.segments]) needed.add(file.name);
      } catch {
        // Damaged: nobody can need what it names.
      }
    }
    const own = names.filter((name) => MANIFEST.test(name) || OWN_FILE.test(name));
    for (const name of own.filter((each) => !needed.has(each)))
      await rm(join(this.directory, name), { force: true });
  }

  /**
   * The newest checkpoint that is whole, and goes on from it: later ones add to it. Reading changes no file.
   * @param parseRun checks what the run kept beside its agent; throws where it is damaged
   * @returns also what was wrong with newer ones; no checkpoint where there is none
   * @throws TemperedError (CHECKPOINT) where there are checkpoints and none is whole
   */
  read<R>(parseRun: (run: unknown) => R = (run) => run as R): {
    checkpoint: Checkpoint<R> | undefined;
    damaged: readonly string[];
  } {
    const manifests = readdirSync(this.directory)
      .filter((name) => MANIFEST.test(name))
      .sort()
      .reverse();
    const damaged: string[] = [];
    for (const name of manifests) {
      try {
        const checkpoint = this.readManifest(name, parseRun);
        this.damaged = manifests.slice(0, damaged.length);
        return { checkpoint, damaged };
      } catch (error) {
        damaged.push(`${name}: ${(error as Error).message}`);
      }
    }
    if (damaged.length === 0) return { checkpoint: undefined, damaged };
    throw new TemperedError(
      "CHECKPOINT",
      `Expected a checkpoint in ${this.directory} that is whole, got ${damaged.join("; ")}; start over in another directory`,
    );
  }

  private readManifest<R>(name: string, parseRun: (run: unknown) => R): Checkpoint<R> {
    const { weights, replay, state, stateSha256 } = parsedStore(join(this.directory, name));
    if (sha256(JSON.stringify(state)) !== stateSha256)
      throw new Error("its state does not have the hash that it names");
    const { agent: stored, run: kept } = decodePlain(state) as { agent: unknown; run: unknown };
    const run = parseRun(kept);
    const { learner, ...agent } = parsedCheckpoint(stored);
    const { observationSize, actionSize } = agent;
    if (replay.width !== 2 * observationSize + actionSize + 2)
      throw new Error(`its transitions have ${replay.width} numbers`);
    const tensors = decodeSafetensors(this.readFile(weights));
    const whole = { ...agent, learner: { ...learner, tensors }, replay: this.readReplay(replay) };
    checkState(whole);
    this.segments = replay.segments;
    return { agent: whole, run };
  }

  /** The last `size` transitions, the oldest first. */
  private readReplay({ size, added, width, segments }: Manifest["replay"]): ReplayState {
    const first = added - size;
    let at = segments[0]?.from ?? added;
    if (at > first) throw new Error(`its replay buffer begins at transition ${at}, not at ${first}`);
    for (const { from, to, bytes } of segments) {
      if (from !== at || to <= from || bytes !== 4 * width * (to - from)) {
        throw new Error(`its replay segment from ${from} to ${to} does not follow the one before`);
      }
      at = to;
    }
    if (at !== added) throw new Error(`its replay buffer ends at transition ${at}, not at ${added}`);
    // Nobody's word for how much memory it takes: the files' own sizes come first.
    const names = segments.map(({ name }) => name);
    if (new Set(names).size < names.length) throw new Error("it names a replay segment twice");
    for (const { name, bytes } of segments) {
      const file = statSync(join(this.directory, name));
      if (!file.isFile() || file.size !== bytes)
        throw new Error(`${name} has ${file.size} bytes instead of ${bytes}`);
    }
    const rows = new Float32Array(size * width);
    for (const segment of segments) {
      const bytes = this.readFile(segment);
      const values = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
      const skipped = Math.max(first - segment.from, 0);
      rows.set(values.subarray(skipped * width), (segment.from + skipped - first) * width);
    }
    return { size, added, width, from: first, rows };
  }

  /** A file's bytes, aligned, of the size and the hash that the manifest names. */
  private readFile({ name, bytes, sha256: expected }: StoredFile): Uint8Array<ArrayBuffer> {
    const content = readPlainFile(join(this.directory, name), bytes);
    if (content.length !== bytes) throw new Error(`${name} has ${content.length} bytes instead of ${bytes}`);
    if (sha256(content) !== expected)
      throw new Error(`${name} does not have the hash that the manifest names`);
    return content;
  }
}

/** @throws Error that says what is wrong; sizes are checked before anything is read or allocated by them */
function parsedStore(path: string): Manifest {
  const { data: manifest, error } = manifestSchema.safeParse(readJsonFile(path));
  if (!manifest)
    throw new Error(`${error.issues[0]!.path.join(".")}: ${error.issues[0]!.message.slice(0, 200)}`);
  const { size, width, segments } = manifest.replay;
  if (4 * size * width <= segments.reduce((sum, { bytes }) => sum + bytes, 0)) return manifest;
  throw new Error("its replay buffer is larger than the files that it is made of");
}
