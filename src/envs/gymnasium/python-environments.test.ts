// How environments are shared out and gathered. Python answers here from the standard library alone, by the layout of
// bridge.py but without its numpy code, so this is also a second, independent reading of the protocol.

import { afterEach, expect, test } from "vitest";
import { bridgeWithMain, python } from "./python.fixture.ts";
import { PythonEnvironments } from "./python-environments.ts";

/** Environment i observes (seed or action sum, i); its reward is its first action; it is truncated below zero. */
const PEER = bridgeWithMain(`end_with_parent(LIFELINE)
channel = Channel(socket.socket(fileno=MESSAGES))
request = json.loads(channel.expect(OPEN))
count = request["environments"]
unbounded = {"kind": "box", "shape": [2], "low": [None, -1], "high": [None, 1]}
channel.send(READY, json.dumps({
    "protocol": request["protocol"],
    "versions": {"python": "", "numpy": "", "gymnasium": ""},
    "spec": {"id": "Peer-v0", "maxEpisodeSteps": 9, "rewardThreshold": None},
    "observationSpace": unbounded,
    "observationType": "f8",
    "actionSpace": unbounded,
}).encode())
while True:
    kind, body = channel.receive()
    if kind == CLOSE:
        sys.exit()
    numbers = struct.unpack(f"<{len(body) // 8}d", body)
    share = [numbers[i::count] for i in range(count)] if kind == RESET else list(zip(numbers[::2], numbers[1::2]))
    rewards = [values[0] for values in share]
    observations = [number for i, values in enumerate(share) for number in (sum(values), i)]
    infos = json.dumps([{"text": "x" * 5000}] * count).encode() if rewards[0] == 13 else b""
    channel.send(RESULT, struct.pack(f"<{count}d{2 * count}d{count}?{count}?",
        *rewards, *observations, *[False] * count, *[reward < 0 for reward in rewards]) + infos)`);

let environments: PythonEnvironments | undefined;
afterEach(() => environments?.close());

async function start(count: number, processes: number): Promise<PythonEnvironments> {
  const request = { id: "Peer-v0", environments: count, autoreset: true };
  environments = await PythonEnvironments.start(request, processes, { python, program: PEER });
  return environments;
}

test("three environments over two processes are seeded, stepped and gathered in order", async () => {
  const envs = await start(3, 2);
  expect(envs.ready.observationSpace.low).toEqual(Float64Array.of(-Infinity, -1));
  expect(envs.actionSize).toBe(2);
  await envs.reset({ seed: 40 });
  // The first process has environment 0, the second 1 and 2; each numbers its own from 0.
  expect([...envs.observations]).toEqual([40, 0, 41, 0, 42, 1]);
  await envs.reset({ seed: [7, 9, 8] });
  expect([...envs.observations]).toEqual([7, 0, 9, 0, 8, 1]);
  await envs.reset({});
  expect([...envs.rewards]).toEqual([-1, -1, -1]);
  await envs.step([1, 10, -2, 20, 3, 30]);
  expect([...envs.observations]).toEqual([11, 0, 18, 0, 33, 1]);
  expect([...envs.rewards]).toEqual([1, -2, 3]);
  expect([...envs.terminated, ...envs.truncated]).toEqual([0, 0, 0, 0, 1, 0]);
  expect(envs.infos).toEqual([{}, {}, {}]);
});

test("infos larger than all answers before leave the numbers right, and go when there are none", async () => {
  const envs = await start(2, 1);
  const text = "x".repeat(5000);
  await envs.step([13, 1, 5, 5]);
  expect(envs.infos).toEqual([{ text }, { text }]);
  expect([...envs.observations, ...envs.rewards]).toEqual([14, 0, 10, 1, 13, 5]);
  await envs.step([1, 1, 2, 2]);
  expect(envs.infos).toEqual([{}, {}]);
  expect([...envs.observations, ...envs.rewards]).toEqual([2, 0, 4, 1, 1, 2]);
});

test("counts that are none are refused", async () => {
  await expect(start(0, 1)).rejects.toThrow("Expected `environments` to be a whole number from 1 up, got 0.");
  await expect(start(2, 1.5)).rejects.toMatchObject({ code: "ENV_COUNT" });
  const envs = await start(2, 1);
  await expect(envs.reset({ seed: [1] })).rejects.toMatchObject({ code: "ENV_COUNT" });
  await expect(envs.reset({ mask: [1, 0, 1] })).rejects.toMatchObject({ code: "ENV_COUNT" });
  await expect(envs.step([1, 2, 3])).rejects.toMatchObject({ code: "ENV_COUNT" });
});
