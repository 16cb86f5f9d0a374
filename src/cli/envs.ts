// What `tempered envs` prints: ids, tasks and spaces.

import pc from "picocolors";
import { listEnvs, makeEnv } from "../envs/registry.ts";
import { choicesOf, type Space } from "../envs/spaces.ts";
import { finite } from "../text/finite.ts";
import type { CliContext } from "./context.ts";

export default async function envs(this: CliContext, { json }: { json: boolean }): Promise<void> {
  const list = listEnvs().map((spec) => {
    const env = makeEnv(spec.id);
    const { observationSpace, actionSpace } = env;
    env.close();
    return { ...spec, observationSpace: plain(observationSpace), actionSpace: plain(actionSpace) };
  });
  const { stdout } = this.process;
  if (json) {
    stdout.write(`${JSON.stringify(list, finite, 2)}\n`);
    return;
  }
  for (const { id, task, maxEpisodeSteps, rewardThreshold, observationSpace, actionSpace } of list) {
    const solved = rewardThreshold === undefined ? "" : `, solved at a mean return of ${rewardThreshold}`;
    stdout.write(`${pc.bold(id)}  ${task}\n`);
    stdout.write(`  observation ${describe(observationSpace)}, action ${describe(actionSpace)}\n`);
    stdout.write(pc.dim(`  at most ${maxEpisodeSteps} steps an episode${solved}\n`));
  }
  stdout.write(
    "\nAnd gymnasium:ID of your Python, or the path of a module whose default export makes one.\n",
  );
}

/** A space as plain JSON. */
function plain(space: Space) {
  return space.kind === "box" ? { ...space, low: [...space.low], high: [...space.high] } : space;
}

function describe(space: ReturnType<typeof plain>): string {
  if (space.kind !== "box")
    return choicesOf(space)!
      .map(({ n }) => `one of ${n}`)
      .join(", ");
  const size = space.shape.join("×");
  const [low, high] = [new Set(space.low), new Set(space.high)];
  return low.size === 1 && high.size === 1
    ? `${size} in [${bound(space.low[0]!)}, ${bound(space.high[0]!)}]`
    : `${size} between [${space.low.map(bound).join(", ")}] and [${space.high.map(bound).join(", ")}]`;
}

function bound(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(4))) : value > 0 ? "∞" : "−∞";
}
