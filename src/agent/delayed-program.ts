// An update whose actor moves less often than its critics, as one program: the update is split in two, and the second half
// runs at the first of every `delay` runs. What either half moves is copied into the other before that one needs it.

import type { CompileOptions, Engine, NamedArrays, Program } from "../engines/engine.ts";
import { TemperedError } from "../errors.ts";
import type { Graph } from "../graph/index.ts";
import type { UpdateParts } from "../sac/losses.ts";
import { momentNames, sacNetworks } from "../sac/networks.ts";
import { sacUpdate, splitUpdate, type UpdateSpec } from "../sac/update.ts";

/**
 * Compiles the update.
 * @param delay critics' steps to one of the actor; the actor's Adam is then told in `actorStepSize` and `actorEpsilon`, and
 *   its outputs are there where it moved
 */
export async function compileUpdate(
  engine: Engine,
  spec: UpdateSpec,
  { parts, delay }: { parts?: UpdateParts | undefined; delay: number },
): Promise<Program> {
  // A part that was replaced need not be a mean over the batch.
  const options = (of: (spec: UpdateSpec) => Graph): CompileOptions =>
    parts ? {} : { part: (count) => partOf(spec, count, of) };
  if (delay === 1) return engine.compile(sacUpdate(spec, parts), options(sacUpdate));
  const graphs = splitUpdate(spec, parts);
  const critics = await engine.compile(
    graphs.critics,
    options((part) => splitUpdate(part).critics),
  );
  try {
    const actor = await engine.compile(
      graphs.actor,
      options((part) => splitUpdate(part).actor),
    );
    return new DelayedProgram(critics, actor, spec, delay);
  } catch (error) {
    await critics.dispose();
    throw error;
  }
}

function partOf(spec: UpdateSpec, parts: number, of: (spec: UpdateSpec) => Graph): Graph | undefined {
  const batchSize = spec.batchSize / parts;
  return Number.isInteger(batchSize) ? of({ ...spec, batchSize }) : undefined;
}

class DelayedProgram implements Program {
  readonly stateNames: readonly string[];
  private readonly critics: Program;
  private readonly actor: Program;
  private readonly delay: number;
  /** Parameters alone: what the other half reads. */
  private readonly ofActor: readonly string[];
  private readonly ofCritics: readonly string[];
  /** Everything that the second half moves. */
  private readonly movedWithActor: ReadonlySet<string>;

  constructor(critics: Program, actor: Program, spec: UpdateSpec, delay: number) {
    const networks = sacNetworks(spec);
    this.critics = critics;
    this.actor = actor;
    this.delay = delay;
    this.ofActor = networks.actor.blocks.map(({ name }) => name);
    this.ofCritics = networks.critics.flatMap(({ blocks }) => blocks.map(({ name }) => name));
    this.movedWithActor = new Set(this.ofActor.flatMap((name) => [name, ...momentNames(name)]));
    this.stateNames = [...new Set([...critics.stateNames, ...actor.stateNames])];
  }

  get runs(): number {
    return this.critics.runs;
  }

  set runs(runs: number) {
    this.critics.runs = runs;
    this.actor.runs = Math.ceil(runs / this.delay);
  }

  async run(inputs: NamedArrays): Promise<NamedArrays> {
    const movesActor = this.runs % this.delay === 0;
    const { actorStepSize, actorEpsilon, ...others } = inputs;
    const ofCritics = { ...(await this.critics.run(others)) };
    if (!movesActor) return ofCritics;
    copyStates(this.ofCritics, this.critics, this.actor);
    const ofActor = await this.actor.run({ ...others, stepSize: actorStepSize!, epsilon: actorEpsilon! });
    copyStates(this.ofActor, this.actor, this.critics);
    return { ...ofCritics, ...ofActor };
  }

  readState(name: string): Float32Array {
    return (this.movedWithActor.has(name) ? this.actor : this.critics).readState(name);
  }

  writeState(name: string, values: Float32Array): void {
    const holders = [this.critics, this.actor].filter(({ stateNames }) => stateNames.includes(name));
    if (holders.length === 0) {
      throw new TemperedError(
        "STATE",
        `Expected one of the states ${this.stateNames.join(", ")}, got "${name}"`,
      );
    }
    for (const holder of holders) holder.writeState(name, values);
  }

  async dispose(): Promise<void> {
    await this.critics.dispose();
    await this.actor.dispose();
  }
}

function copyStates(names: readonly string[], from: Program, to: Program): void {
  for (const name of names) to.writeState(name, from.readState(name));
}
