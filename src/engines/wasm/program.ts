// A compiled graph: its memory, its tape, and views of its inputs, states and outputs. A run is one call.

import { TemperedError } from "../../errors.ts";
import type { NamedArrays, Program } from "../engine.ts";
import { checkedArray, unknownState } from "../program-checks.ts";
import { allocate, type KernelModules, type Kernels } from "./module.ts";
import type { Plan, Region } from "./plan.ts";
import { Team } from "./team.ts";

export class WasmProgram implements Program {
  readonly stateNames: readonly string[];
  runs = 0;
  private readonly inputs: readonly (readonly [string, Float32Array])[];
  private readonly states: ReadonlyMap<string, Float32Array>;
  private readonly outputs: NamedArrays;
  private readonly tape: number;
  private kernels: Kernels | undefined;
  private readonly team: Team | undefined;

  /** @throws TemperedError (OUT_OF_MEMORY, THREAD_LOST) where memory or workers cannot be had */
  static async create(plan: Plan, modules: KernelModules): Promise<WasmProgram> {
    const team = plan.tapes.length > 1 ? new Team(plan.tapes.length) : undefined;
    const module = team ? modules.shared! : modules.owned;
    const memory = allocate(plan.bytes, team !== undefined);
    const imports = { env: { memory, abort() {}, stalled: team?.stalled ?? (() => 0) } };
    const kernels = (await WebAssembly.instantiate(module, imports)).exports as unknown as Kernels;
    const program = new WasmProgram(plan, memory, kernels, team);
    await team?.start(kernels, { module, memory, tapes: plan.tapeAddresses });
    return program;
  }

  /** @param team the other threads; none for a program of one tape */
  private constructor(plan: Plan, memory: WebAssembly.Memory, kernels: Kernels, team: Team | undefined) {
    const view = ({ address, floats }: Region) => new Float32Array(memory.buffer, address, floats);
    for (const region of plan.constants) view(region).fill(region.value);
    plan.tapes.forEach((words, i) => {
      new Int32Array(memory.buffer, plan.tapeAddresses[i]!, words.length).set(words);
    });
    this.inputs = [...plan.inputs].map(([name, region]) => [name, view(region)]);
    this.states = new Map([...plan.states].map(([name, region]) => [name, view(region)]));
    this.outputs = Object.fromEntries([...plan.outputs].map(([name, region]) => [name, view(region)]));
    this.stateNames = [...plan.states.keys()];
    this.tape = plan.tapeAddresses[0]!;
    this.kernels = kernels;
    this.team = team;
  }

  /** Like every program's `run`, and done when it returns. @throws TemperedError (THREAD_LOST) if a thread died */
  run(inputs: NamedArrays): NamedArrays {
    if (this.kernels === undefined) throw disposed();
    for (const [name, target] of this.inputs) {
      target.set(checkedArray("input", name, target.length, inputs[name]));
    }
    if (this.team === undefined) this.kernels.execute(this.tape, 1, false);
    else this.team.run(this.kernels, this.tape);
    this.runs += 1;
    return this.outputs;
  }

  readState(name: string): Float32Array {
    const state = this.states.get(name);
    if (state === undefined) throw unknownState(name, this.stateNames);
    return state;
  }

  writeState(name: string, values: Float32Array): void {
    const target = this.readState(name);
    target.set(checkedArray("state", name, target.length, values));
  }

  async dispose(): Promise<void> {
    this.kernels = undefined;
    await this.team?.dispose();
  }
}

function disposed(): TemperedError {
  return new TemperedError(
    "DISPOSED",
    "Expected a program in use, but it was disposed; compile the graph again",
  );
}
