// Agents that were saved when β₁ᵗ and β₂ᵗ had other names: as files, as a checkpoint and as bytes.

import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { wasmEngine } from "../engines/wasm/index.ts";
import type { Agent } from "./agent.ts";
import { SAC } from "./sac.ts";

const old = fileURLToPath(new URL("../../test/fixtures/agents/adam-powers/", import.meta.url));
const engine = await wasmEngine();
const stored = (directory: string) => JSON.parse(readFileSync(join(directory, "agent.json"), "utf8"));

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), "tempered-former-"));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const loaders: Readonly<Record<string, () => Promise<Agent>>> = {
  "as files": () => {
    // Without the checkpoint beside it, which would be taken.
    const directory = join(scratch, "files");
    cpSync(old, directory, { recursive: true });
    rmSync(join(directory, "checkpoint"), { recursive: true });
    return SAC.load(directory, { engine });
  },
  "as a checkpoint": () => SAC.load(old, { engine }),
  "as bytes": () => SAC.fromBytes(readFileSync(join(old, "bytes.safetensors")), { engine }),
};

it.each(Object.entries(loaders))(
  "%s it is loaded, learns on, and is saved under the new names",
  async (name, load) => {
    const { adamPowers, actorAdamPowers, temperatureState } = stored(old);
    expect([adamPowers, actorAdamPowers, temperatureState.powers]).toEqual([
      { beta1: expect.any(Number), beta2: expect.any(Number) },
      { beta1: expect.any(Number), beta2: expect.any(Number) },
      { beta1: expect.any(Number), beta2: expect.any(Number) },
    ]);
    await using agent = await load();
    const { learner } = await agent.state();
    expect([
      learner.updates,
      learner.betaPowers,
      learner.actorBetaPowers,
      learner.temperature.betaPowers,
    ]).toEqual([25, adamPowers, actorAdamPowers, temperatureState.powers]);
    await agent.learn({ totalTimesteps: 10 });
    const directory = join(scratch, name);
    await agent.save(directory);
    const manifest = stored(directory);
    expect(manifest).toMatchObject({
      betaPowers: {},
      actorBetaPowers: {},
      temperatureState: { betaPowers: {} },
    });
    expect(JSON.stringify(manifest)).not.toMatch(/"(actorA|a)damPowers"|"powers"/);
  },
);
