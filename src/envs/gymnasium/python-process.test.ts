// The life and death of the Python process, on real processes and sockets. These tests need Python alone: what runs
// there is bridge.py with another `main`, so that neither numpy nor gymnasium has to be installed.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { afterEach, describe, expect, test } from "vitest";
import { bridgeSource } from "./bridge.generated.ts";
import { GymnasiumError } from "./errors.ts";
import { encodeMessage, KIND } from "./protocol.ts";
import { bridgeWithMain, ended, python } from "./python.fixture.ts";
import { PythonProcess, type PythonProcessOptions } from "./python-process.ts";

const REQUEST = { id: "Test-v0", arguments: {}, environments: 1, autoreset: false, info: true };
const STEP = encodeMessage(KIND.step, new Uint8Array(8));
const SILENT = { python, onOutput: () => {} };

/** Answers every message with a RESULT of its own body, after what `onMessage` does. */
const echo = (onMessage = "pass", watch = "end_with_parent(LIFELINE)") =>
  bridgeWithMain(`def on_message(body):
    ${onMessage}
    return body


faulthandler.register(signal.SIGUSR1, all_threads=True)
${watch}
channel = Channel(socket.socket(fileno=MESSAGES))
while True:
    kind, body = channel.receive()
    if kind == CLOSE:
        sys.exit()
    channel.send(RESULT, bytes(on_message(body)))`);

const HANG_IN_PYTHON = "while True: time.sleep(0.01)";
/** Native code that does not return and does not give up the interpreter lock: no Python thread can run. */
const HANG_IN_NATIVE_CODE = "import ctypes\n    while True: ctypes.PyDLL(None).sleep(1000)";
const START_A_CHILD = "import subprocess; body = str(subprocess.Popen(['sleep', '1000']).pid).encode()";

let running: PythonProcess | undefined;
function start(program: string, options: PythonProcessOptions = {}): PythonProcess {
  running = new PythonProcess("Test-v0", { ...SILENT, program, ...options });
  return running;
}
afterEach(() => running?.close());

describe("messages", () => {
  test("a request is answered, whatever its size", async () => {
    const process = start(echo());
    for (const size of [0, 1, 4088, 4089, 3_000_000]) {
      const body = new Uint8Array(size).map((_, i) => i % 251);
      await process.request(encodeMessage(KIND.step, body), KIND.result);
      expect(process.answerLength).toBe(size + 8);
      expect(Buffer.compare(process.answer.subarray(8, size + 8), body)).toBe(0);
    }
  });

  test("messages go over an anonymous Unix socket", async () => {
    const process = start(
      echo("body = str(socket.socket(fileno=os.dup(MESSAGES)).family == socket.AF_UNIX).encode()"),
    );
    await process.request(STEP, KIND.result);
    expect(process.answerText(8)).toBe("True");
  });

  test("a second request before the answer is refused, and the first is answered all the same", async () => {
    const process = start(echo());
    const first = process.request(STEP, KIND.result);
    await expect(process.request(STEP, KIND.result)).rejects.toMatchObject({ code: "ENV_BUSY" });
    await first;
  });

  test("an answer of another kind, or a handshake that says something else, is a protocol error", async () => {
    await expect(start(echo()).request(STEP, KIND.ready)).rejects.toMatchObject({ code: "ENV_PROTOCOL" });
    const wrong = echo("body = b'{}'").replace("channel.send(RESULT", "channel.send(READY");
    await expect(start(wrong).open(REQUEST)).rejects.toMatchObject({ code: "ENV_PROTOCOL" });
  });

  test("a second answer, as a copy of the process gives, and junk on the socket are told as what they are", async () => {
    const doubled = echo().replace(
      "channel.send(RESULT, bytes(on_message(body)))",
      "channel.write((HEADER.pack(RESULT, len(body)) + bytes(body)) * 2)",
    );
    const message = expect.stringMatching(/got (what begins with|\d+ bytes behind one).*os\.fork\(\)/);
    await expect(start(doubled).request(STEP, KIND.result)).rejects.toMatchObject({
      code: "ENV_PROTOCOL",
      message,
    });
    for (const junk of ["b'hello, world'", "HEADER.pack(RESULT, 2 ** 32 - 1)", "HEADER.pack(6, 2) + b'[]'"]) {
      const before = process.memoryUsage().rss;
      await expect(start(echo(`channel.write(${junk})`)).request(STEP, KIND.result)).rejects.toMatchObject({
        code: "ENV_PROTOCOL",
        message: expect.stringContaining("os.fork()"),
      });
      expect(process.memoryUsage().rss - before).toBeLessThan(200e6);
    }
  });

  test.skipIf(process.platform !== "linux")(
    "a child in a session of its own ends with its environment too",
    async () => {
      const child = START_A_CHILD.replace("['sleep', '1000']", "['sleep', '1000'], start_new_session=True");
      const bridge = start(echo(child));
      await bridge.request(STEP, KIND.result);
      const pid = Number(bridge.answerText(8));
      expect(() => process.kill(pid, 0)).not.toThrow();
      await bridge.close();
      await expect
        .poll(() => existsSync(`/proc/${pid}`) && !/ Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8")))
        .toBe(false);
    },
  );
});

describe("a Python that cannot serve", () => {
  test("no such interpreter", async () => {
    const process = start(bridgeSource, { python: "/nonexistent/python" });
    await expect(process.open(REQUEST)).rejects.toThrow(
      /Cannot start Python as `\/nonexistent\/python` \(ENOENT\)/,
    );
    await expect(process.open(REQUEST)).rejects.toMatchObject({ code: "ENV_PYTHON_NOT_FOUND" });
  });

  test("gymnasium is missing: the error has the line that installs it", async () => {
    const error = await failure(
      start(`import sys; sys.modules["gymnasium"] = None\n${bridgeSource}`).open(REQUEST),
    );
    expect(error.code).toBe("ENV_GYMNASIUM_MISSING");
    expect(error.message).toContain(`${python} -m pip install gymnasium`);
  });

  test("another protocol", async () => {
    const error = await failure(start(bridgeSource.replace("PROTOCOL = 1", "PROTOCOL = 99")).open(REQUEST));
    expect(error).toMatchObject({ code: "ENV_PROTOCOL", message: "expected protocol 99, tempered speaks 1" });
  });

  test("a program that fails before it can speak", async () => {
    const error = await failure(start("import sys; sys.exit('no licence')").open(REQUEST));
    expect(error.code).toBe("ENV_DIED");
    expect(error.message).toContain("ended with exit code 1");
    expect(error.message).toContain("no licence");
  });
});

describe("a child that dies", () => {
  test("killed in the middle of a step, then asked again", async () => {
    const child = start(echo(HANG_IN_PYTHON));
    const step = child.request(STEP, KIND.result);
    process.kill(child.pid!, "SIGKILL");
    const error = await failure(step);
    expect(error).toMatchObject({ code: "ENV_DIED" });
    expect(error.message).toContain("was killed by SIGKILL");
    expect(await failure(child.request(STEP, KIND.result))).toBe(error);
  });

  test("killed between two steps", async () => {
    const child = start(echo());
    await child.request(STEP, KIND.result);
    process.kill(child.pid!, "SIGKILL");
    expect((await failure(child.request(STEP, KIND.result))).code).toBe("ENV_DIED");
  });

  test("what it had started is killed too", async () => {
    const child = start(echo(START_A_CHILD));
    await child.request(STEP, KIND.result);
    const grandchild = Number(child.answerText(8));
    process.kill(child.pid!, "SIGKILL");
    await ended(grandchild);
  });
});

describe("a child that hangs", () => {
  for (const [where, code] of Object.entries({ HANG_IN_PYTHON, HANG_IN_NATIVE_CODE })) {
    test(`${where} is killed, and the error shows where it was`, async () => {
      const child = start(echo(code), { timeoutSeconds: 3 });
      const error = await failure(child.request(STEP, KIND.result));
      expect(error.code).toBe("ENV_TIMEOUT");
      expect(error.message).toContain("no answer for 3 s");
      expect(error.message).toContain("in on_message");
      await ended(child.pid!);
    });
  }

  test("a stopped process is killed as well", async () => {
    const child = start(echo(), { timeoutSeconds: 3 });
    await child.request(STEP, KIND.result);
    process.kill(child.pid!, "SIGSTOP");
    expect((await failure(child.request(STEP, KIND.result))).code).toBe("ENV_TIMEOUT");
    await ended(child.pid!);
  });
});

describe("close", () => {
  test("ends the process, and later requests say so", async () => {
    const child = start(echo());
    await child.request(STEP, KIND.result);
    await child.close();
    await ended(child.pid!);
    expect((await failure(child.request(STEP, KIND.result))).code).toBe("ENV_CLOSED");
    await child.close();
  });

  test("an awaited answer is given up", async () => {
    const child = start(echo("time.sleep(0.2)"));
    const step = failure(child.request(STEP, KIND.result));
    await child.close();
    expect((await step).code).toBe("ENV_CLOSED");
  });
});

describe.concurrent("a parent that is killed", () => {
  const THREAD = "threading.Thread(target=end_with, args=(LIFELINE,), daemon=True).start()";
  for (const [state, program] of Object.entries({
    "while it waits for a message": echo(),
    "while it hangs in Python": echo(HANG_IN_PYTHON),
    "while it hangs in Python, by the thread that other systems than Linux rely on": echo(
      HANG_IN_PYTHON,
      THREAD,
    ),
    ...(process.platform === "linux" && { "while it hangs in native code": echo(HANG_IN_NATIVE_CODE) }),
  })) {
    test(`takes Python with it ${state}`, async () => {
      const { parent, pid } = await parentOf(program, "child.pid");
      parent.kill("SIGKILL");
      await ended(pid);
    });
  }

  test("takes what Python had started with it", async () => {
    const { parent, pid } = await parentOf(echo(START_A_CHILD), "child.answerText(8)");
    parent.kill("SIGKILL");
    await ended(pid);
  });

  test("a program that forgets to close ends by itself", async () => {
    const { parent, pid } = await parentOf(echo(), "child.pid", "");
    if (parent.exitCode === null) await once(parent, "exit");
    expect(parent.exitCode).toBe(0);
    await ended(pid);
  });

  /** Another Node that starts `program`, sends it a step and prints `shown`, a process id. */
  async function parentOf(program: string, shown: string, then = "setInterval(() => {}, 1000);") {
    const source = `
      const { PythonProcess } = await import(${JSON.stringify(new URL("./python-process.ts", import.meta.url).href)});
      const child = new PythonProcess("Test-v0", { python: ${JSON.stringify(python)}, program: ${JSON.stringify(program)} });
      const step = child.request(new Uint8Array([4, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]), 5).catch(() => {});
      await Promise.race([step, new Promise((resolve) => setTimeout(resolve, 500))]);
      console.log(${shown});
      ${then}`;
    const parent = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", source], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [printed] = (await once(parent.stdout!, "data")) as [Buffer];
    const pid = Number(printed.toString());
    expect(() => process.kill(pid, 0)).not.toThrow();
    return { parent, pid };
  }
});

async function failure(promise: Promise<unknown>): Promise<GymnasiumError> {
  try {
    await promise;
  } catch (error) {
    expect(error).toBeInstanceOf(GymnasiumError);
    return error as GymnasiumError;
  }
  throw new Error("It was expected to fail.");
}
