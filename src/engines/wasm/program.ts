// Compiled graphs: their memory, their tapes, and views of inputs, states and outputs. A run is one call.

import type { NamedArrays, Program } from "../engine.ts";
import { checkedArray, disposed, known } from "../program-checks.ts";
import { allocate, type KernelModules, type Kernels } from "./module.ts";
import type { EntryPlan, Plan, Region } from "./plan.ts";
import type { Race } from "./race.ts";
import type { Team } from "./team.ts";

interface Entry {
  readonly inputs: readonly (readonly [string, Float32Array])[];
  readonly outputs: NamedArrays;
  /** Address of each thread's tape. */
  readonly tapes: readonly number[];
  /** The same on one thread, and which of the two is to run. */
  readonly alone?: { readonly entry: Entry; readonly race: Race };
}

/** A program of the wasm engine, whose states lie in its own memory. */
export class WasmProgram implements Program {
  readonly stateNames: readonly string[];
  runs = 0;
  private readonly states: ReadonlyMap<string, Float32Array>;
  private readonly entries: ReadonlyMap<string, Entry>;
  private readonly first: Entry;
  /** Where workers look for the tapes to run. */
  private readonly tapeSlots: Int32Array;
  private kernels: Kernels | undefined;
  private readonly team: Team | undefined;

  /** @throws TemperedError (OUT_OF_MEMORY, THREAD_LOST) where memory or workers cannot be had */
  static async create(plan: Plan, modules: KernelModules): Promise<WasmProgram> {
    const team = plan.threads > 1 ? await teamOf(plan.threads) : undefined;
    const module = team ? modules.shared! : modules.owned;
    const memory = allocate(plan.bytes, team !== undefined);
    const imports = { env: { memory, abort() {}, stalled: team?.stalled ?? (() => 0) } };
    const kernels = (await WebAssembly.instantiate(module, imports)).exports as unknown as Kernels;
    const program = new WasmProgram(plan, memory, kernels, team);
    await team?.start(kernels, { module, memory, tapeSlots: plan.tapeSlots });
    return program;
  }

  /** @param team the other threads; none for a program of one tape */
  private constructor(plan: Plan, memory: WebAssembly.Memory, kernels: Kernels, team: Team | undefined) {
    const view = ({ address, floats }: Region) => new Float32Array(memory.buffer, address, floats);
    const views = (regions: ReadonlyMap<string, Region>) =>
      [...regions].map(([name, region]) => [name, view(region)] as const);
    this.states = new Map(views(plan.states));
    this.stateNames = [...plan.states.keys()];
    const entryOf = ({ inputs, outputs, constants, tapes, tapeAddresses, alone }: EntryPlan): Entry => {
      for (const region of constants) view(region).fill(region.value);
      tapes.forEach((words, i) => {
        new Int32Array(memory.buffer, tapeAddresses[i]!, words.length).set(words);
      });
      return {
        inputs: views(inputs),
        outputs: Object.fromEntries(views(outputs)),
        tapes: tapeAddresses,
        ...(alone && { alone: { entry: entryOf(alone), race: team!.race() } }),
      };
    };
    this.entries = new Map([...plan.entries].map(([name, entry]) => [name, entryOf(entry)]));
    this.first = [...this.entries.values()][0]!;
    this.tapeSlots = new Int32Array(memory.buffer, plan.tapeSlots[0], plan.threads);
    this.kernels = kernels;
    this.team = team;
  }

  /** Like every program's `run`, and done when it returns. @throws TemperedError (THREAD_LOST) if a thread died */
  run(given: NamedArrays, entry?: string): NamedArrays {
    if (this.kernels === undefined) throw disposed();
    const named = entry === undefined ? this.first : known("entry", entry, this.entries);
    const { alone } = named;
    if (alone === undefined) return this.runEntry(named, given);
    return alone.race.time((together) => this.runEntry(together ? named : alone.entry, given));
  }

  private runEntry({ inputs, outputs, tapes }: Entry, given: NamedArrays): NamedArrays {
    for (const [name, target] of inputs) {
      target.set(checkedArray("input", name, target.length, given[name]));
    }
    if (tapes.length === 1) this.kernels!.execute(tapes[0]!, 1, false);
    else {
      this.tapeSlots.set(tapes);
      this.team!.run(this.kernels!, tapes[0]!);
    }
    this.runs += 1;
    return outputs;
  }

  async readState(name: string): Promise<Float32Array> {
    return Float32Array.from(this.view(name));
  }

  async writeState(name: string, values: Float32Array): Promise<void> {
    const target = this.view(name);
    target.set(checkedArray("state", name, target.length, values));
  }

  view(name: string): Float32Array {
    return known("state", name, this.states);
  }

  async dispose(): Promise<void> {
    this.kernels = undefined;
    await this.team?.dispose();
  }
}

/** Fetched where it is used: pages seldom have threads. */
async function teamOf(threads: number): Promise<Team> {
  const { Team } = await import("./team.ts");
  return new Team(threads);
}
