// Checkpoints on disk: incremental, the one before kept, and nothing damaged ever taken for whole.

import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DriftingEnv } from "../../../test/agent/drifting-env.ts";
import { wasmEngine } from "../../engines/wasm/index.ts";
import { RandomStream } from "../../random/index.ts";
import { Agent } from "../agent.ts";
import { type Checkpoint, CheckpointStore } from "./store.node.ts";

const engine = await wasmEngine();
let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), "tempered-checkpoints-"));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const newAgent = () =>
  Agent.create(new DriftingEnv(), {
    engine,
    seed: 2,
    hidden: [8],
    batchSize: 8,
    learningStarts: 10,
    bufferSize: 100,
  });

async function learn(agent: Agent, steps: number): Promise<void> {
  for await (const _ of agent.learn({ totalTimesteps: steps }));
}

/** A run that writes a checkpoint after so many steps each; the whole states at these points. */
async function checkpointsAfter(directory: string, pieces: readonly number[]) {
  const store = new CheckpointStore(directory);
  const agent = await newAgent();
  const states = [];
  for (const [i, steps] of pieces.entries()) {
    await learn(agent, steps);
    await store.write({ agent: await agent.state({ replaySince: store.replayWritten }), run: { piece: i } });
    states.push(await agent.state());
  }
  await agent.dispose();
  return states;
}

const filesOf = (directory: string, start: string) =>
  readdirSync(directory).filter((name) => name.startsWith(start));

describe("a checkpoint", () => {
  it("is the agent's state, from any of its writings on, through a buffer that wraps", async () => {
    const directory = join(scratch, "wraps");
    const pieces = [30, 45, 40, 7, 120, 3];
    const states = await checkpointsAfter(directory, pieces);
    const { checkpoint, damaged } = new CheckpointStore(directory).read<{ piece: number }>();
    expect(damaged).toEqual([]);
    expect(checkpoint).toEqual({ agent: states.at(-1), run: { piece: 5 } });
    // Only the last two manifests and what they name are left; 120 steps filled the buffer anew.
    expect(filesOf(directory, "manifest")).toEqual(["manifest-0000000242.json", "manifest-0000000245.json"]);
    expect(filesOf(directory, "replay").map((name) => name.split("-").slice(1, 3).join("-"))).toEqual([
      "142-242",
      "242-245",
    ]);
  });

  it("adds only new rows, and goes on adding after it was read", async () => {
    const directory = join(scratch, "adds");
    await checkpointsAfter(directory, [40]);
    const store = new CheckpointStore(directory);
    const { checkpoint } = store.read();
    const agent = await Agent.restore(new DriftingEnv(), checkpoint!.agent, { engine });
    await learn(agent, 5);
    await store.write({ agent: await agent.state({ replaySince: store.replayWritten }), run: {} });
    const segments = filesOf(directory, "replay").sort();
    expect(segments.map((name) => statSync(join(directory, name)).size)).toEqual([40 * 4 * 8, 5 * 4 * 8]);
    expect(new CheckpointStore(directory).read().checkpoint!.agent).toEqual(await agent.state());
    await agent.dispose();
  });

  it("leaves files of others alone", async () => {
    const directory = join(scratch, "others");
    new CheckpointStore(directory);
    writeFileSync(join(directory, "weights-mine.safetensors"), "mine");
    await checkpointsAfter(directory, [20, 20, 20]);
    expect(readFileSync(join(directory, "weights-mine.safetensors"), "utf8")).toBe("mine");
  });
});

describe("damage", () => {
  /** Damages a file in one of the ways that disks, people and their tools have. */
  function damage(directory: string, random: RandomStream): string {
    const names = readdirSync(directory).filter((name) => !name.startsWith("manifest-0000000030"));
    const name = random.choice(names);
    const path = join(directory, name);
    const content = readFileSync(path);
    const kinds: [string, () => void][] = [
      [
        "a bit flipped",
        () => {
          content[random.below(content.length)]! ^= 1 << random.below(8);
          writeFileSync(path, content);
        },
      ],
      ["cut short", () => writeFileSync(path, content.subarray(0, random.below(content.length)))],
      ["removed", () => rmSync(path)],
      ["empty", () => writeFileSync(path, "")],
      ["longer", () => writeFileSync(path, Buffer.concat([content, Buffer.alloc(1 + random.below(100))]))],
      [
        "another file of it",
        () => cpSync(join(directory, random.choice(names.filter((each) => each !== name))), path),
      ],
      [
        "a hostile header",
        () =>
          writeFileSync(path, Buffer.concat([Buffer.from([255, 255, 255, 255, 255, 255, 31, 0]), content])),
      ],
      [
        "hostile numbers",
        () =>
          writeFileSync(
            path,
            content
              .toString("latin1")
              .replace(/\d+/g, (n) => (random.below(4) === 0 ? "9007199254740991" : n)),
            "latin1",
          ),
      ],
      [
        "an older manifest in its place",
        () => writeFileSync(path, readFileSync(join(directory, "manifest-0000000030.json"))),
      ],
    ];
    const [kind, act] = random.choice(kinds);
    act();
    return `${kind}: ${name}`;
  }

  it("of 1,000 checkpoints is never taken for whole: the one before is, or it is said that none is", async () => {
    const sound = join(scratch, "sound");
    const [before, last] = await checkpointsAfter(sound, [30, 20]);
    const random = new RandomStream(1, "damage");
    let taken = 0;
    for (let i = 0; i < 1000; i++) {
      const directory = join(scratch, "damaged");
      cpSync(sound, directory, { recursive: true });
      const what = damage(directory, random);
      const began = performance.now();
      let found: Checkpoint<unknown> | undefined;
      try {
        found = new CheckpointStore(directory).read().checkpoint;
      } catch (error) {
        expect(error, what).toMatchObject({ code: "CHECKPOINT" });
      }
      expect(performance.now() - began, what).toBeLessThan(2000);
      if (found) {
        taken += 1;
        expect([before, last], what).toContainEqual(found.agent);
      }
      rmSync(directory, { recursive: true });
    }
    // Most damage hits what only the newest has.
    expect(taken).toBeGreaterThan(300);
  }, 60_000);

  it("names what was wrong with the one passed over", async () => {
    const directory = join(scratch, "named");
    await checkpointsAfter(directory, [30, 20]);
    const [, newest] = filesOf(directory, "manifest").sort();
    const { weights } = JSON.parse(readFileSync(join(directory, newest!), "utf8"));
    writeFileSync(join(directory, weights.name), "nothing");
    const { checkpoint, damaged } = new CheckpointStore(directory).read();
    expect(checkpoint!.agent.steps).toBe(30);
    expect(damaged).toEqual([`${newest}: ${weights.name} has 7 bytes instead of ${weights.bytes}`]);
  });
});
