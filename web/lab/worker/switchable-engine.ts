// An engine whose program can be exchanged for one of another graph with the same states, while an agent holds it:
// that is how a fault enters an update in mid-run, with all weights and moments as they were.

import type { Engine, NamedArrays, Program } from "../../../src/engines/engine.ts";
import type { Graph } from "../../../src/graph/index.ts";

export class SwitchableEngine implements Engine {
  readonly name;
  readonly threads;
  private readonly inner: Engine;
  private program: SwitchableProgram | undefined;

  constructor(inner: Engine) {
    this.inner = inner;
    this.name = inner.name;
    this.threads = inner.threads;
  }

  async compile(graph: Graph): Promise<Program> {
    this.program = new SwitchableProgram(await this.inner.compile(graph));
    return this.program;
  }

  /** From now on the compiled program runs `graph`, which has the same states. */
  async switchTo(graph: Graph): Promise<void> {
    const next = await this.inner.compile(graph);
    await this.program?.become(next);
  }

  async dispose(): Promise<void> {
    await this.program?.dispose();
  }
}

class SwitchableProgram implements Program {
  private current: Program;

  constructor(program: Program) {
    this.current = program;
  }

  get stateNames(): readonly string[] {
    return this.current.stateNames;
  }

  get runs(): number {
    return this.current.runs;
  }

  set runs(count: number) {
    this.current.runs = count;
  }

  run(inputs: NamedArrays): Promise<NamedArrays> | NamedArrays {
    return this.current.run(inputs);
  }

  readState(name: string): Promise<Float32Array> {
    return this.current.readState(name);
  }

  writeState(name: string, values: Float32Array): Promise<void> {
    return this.current.writeState(name, values);
  }

  view(name: string): Float32Array {
    return this.current.view(name);
  }

  /** At once as far as runs can see: none may come between the copies. */
  async become(next: Program): Promise<void> {
    const previous = this.current;
    const written = next.stateNames.map((name) => next.writeState(name, previous.view(name)));
    next.runs = previous.runs;
    this.current = next;
    await Promise.all(written);
    await previous.dispose();
  }

  dispose(): Promise<void> {
    return this.current.dispose();
  }
}
