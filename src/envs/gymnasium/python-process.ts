// One Python process running bridge.py, seen as a function from a message to its answer. It ends with us whatever
// happens: by `close`, or because the kernel closes our end of its sockets. If it dies, hangs or raises instead of
// answering, the request fails with an error that says which, and the process and all it started are killed.

import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import type { Socket } from "node:net";
import { answerSeconds } from "../answer-seconds.node.ts";
import { bridgeSource } from "./bridge.generated.ts";
import { GymnasiumError } from "./errors.ts";
import { failureError } from "./failure.ts";
import { killMarked, MARK } from "./marked-processes.ts";
import {
  encodeMessage,
  encodeOpen,
  failureSchema,
  HEADER_BYTES,
  KIND,
  type OpenRequest,
  type Ready,
  readySchema,
} from "./protocol.ts";
import { answersDue, processesRun } from "./wakefulness.ts";

export interface PythonOptions {
  /** The Python to run. Default: the environment variable TEMPERED_PYTHON, else `python3`. */
  readonly python?: string;
  /**
   * How long any one answer may take, importing and making the environment included. Default: the environment variable
   * TEMPERED_TIMEOUT, else 60 s.
   */
  readonly timeoutSeconds?: number;
  /** Receives what Python prints, standard output and error alike. Default: our standard error. */
  readonly onOutput?: (text: string) => void;
}

export interface PythonProcessOptions extends PythonOptions {
  /** The program to run; bridge.py unless a test has something to say. */
  readonly program?: string;
}

const TICKS_TO_TIMEOUT = 10;
const KEPT_OUTPUT = 4000;
/** Bytes; more than infos of any use take. */
const MAX_ANSWER = 1024 * 1024 * 1024;
/** How long a process that is about to be killed, or was, may take to say its last words. */
const LAST_WORDS_MS = 300;
const CLOSE_MS = 5000;

interface Pending {
  resolve(): void;
  reject(error: Error): void;
}

export class PythonProcess {
  readonly id: string;
  readonly pid: number | undefined;
  /** The last answer, header and all; replaced by a larger one when an answer does not fit. */
  answer = new Uint8Array(new ArrayBuffer(4096));
  answerLength = 0;

  readonly #python: string;
  readonly #mark = randomUUID();
  readonly #child: ChildProcess;
  readonly #socket: Socket;
  readonly #timeoutSeconds: number;
  readonly #exited: Promise<void>;
  readonly #ticker: NodeJS.Timeout;
  #pending: Pending | undefined;
  #expected = 0;
  #failure: GymnasiumError | undefined;
  #ticks = 0;
  #have = 0;
  #output = "";

  constructor(id: string, options: PythonProcessOptions = {}) {
    this.id = id;
    this.#python = options.python ?? (process.env.TEMPERED_PYTHON || "python3");
    this.#timeoutSeconds = options.timeoutSeconds ?? answerSeconds();
    // The program comes in on standard input, so that nothing depends on where a bundler puts files. Descriptor 3
    // carries the messages; 4 is the lifeline, which carries nothing. `detached` makes a process group to kill whole.
    this.#child = spawn(this.#python, ["-u", "-", id], {
      stdio: ["pipe", "pipe", "pipe", "pipe", "pipe"],
      detached: true,
      env: { ...process.env, [MARK]: this.#mark },
    });
    this.pid = this.#child.pid;
    processesRun(1);
    const [stdin, stdout, stderr, messages, lifeline] = this.#child.stdio as unknown as Socket[];
    this.#socket = messages!;
    for (const stream of [stdin!, stdout!, stderr!, messages!, lifeline!]) {
      // A broken pipe is no news: the process is gone, and its exit is what we report.
      stream.on("error", () => {}).unref();
    }
    this.#child.unref();

    const onOutput = options.onOutput ?? ((text: string) => void process.stderr.write(text));
    for (const stream of [stdout!, stderr!]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        this.#output = (this.#output + text).slice(-KEPT_OUTPUT);
        onOutput(text);
      });
    }
    messages!.on("data", (chunk: Buffer) => this.#receive(chunk));
    // While an answer is awaited something must keep our event loop alive: the socket, then the exit to come.
    messages!.once("close", () => this.#pending && this.#child.ref());
    this.#exited = this.#watchExit(stderr!);
    void this.#exited.then(() => processesRun(-1));
    // Ticks count the time in which this process was awake: a suspended laptop is no hung environment.
    this.#ticker = setInterval(() => this.#tick(), (this.#timeoutSeconds * 1000) / TICKS_TO_TIMEOUT).unref();
    stdin!.end(options.program ?? bridgeSource);
  }

  /** Makes the environments. */
  async open(request: OpenRequest): Promise<Ready> {
    await this.request(encodeOpen(request), KIND.ready);
    const ready = readySchema.safeParse(JSON.parse(this.answerText(HEADER_BYTES)));
    if (ready.success) return ready.data;
    throw this.#fail(
      new GymnasiumError("ENV_PROTOCOL", `Expected a handshake from Python, got ${ready.error.message}`),
    );
  }

  /** Sends one message; resolves when its answer, of the kind `expected`, lies in `answer`. */
  request(message: Uint8Array, expected: number): Promise<void> {
    if (this.#failure) return Promise.reject(this.#failure);
    if (this.#pending) {
      return Promise.reject(
        new GymnasiumError(
          "ENV_BUSY",
          `${this.id} was called again before its last answer came: await each reset and step.`,
        ),
      );
    }
    this.#ticks = 0;
    this.#have = 0;
    this.#expected = expected;
    this.#socket.ref();
    this.#socket.write(message);
    answersDue(1);
    return new Promise((resolve, reject) => {
      this.#pending = { resolve, reject };
    });
  }

  /** The last answer from byte `start` on, as text. */
  answerText(start: number): string {
    return Buffer.from(this.answer.buffer, start, this.answerLength - start).toString("utf8");
  }

  /** Lets Python close its environments, then ends it; kills it when that takes more than 5 s. */
  async close(): Promise<void> {
    this.#child.ref();
    if (!this.#failure) {
      this.#fail(new GymnasiumError("ENV_CLOSED", `${this.id} is closed.`), false);
      this.#socket.write(encodeMessage(KIND.close, new Uint8Array(0)));
      const timer = setTimeout(() => this.#kill(), CLOSE_MS);
      await this.#exited;
      clearTimeout(timer);
    } else {
      this.#kill();
      await this.#exited;
    }
  }

  #receive(chunk: Buffer): void {
    const needed = this.#have + chunk.length;
    this.#grow(needed);
    this.answer.set(chunk, this.#have);
    this.#have = needed;
    if (needed < HEADER_BYTES) return;
    const header = new DataView(this.answer.buffer);
    const length = HEADER_BYTES + header.getUint32(4, true);
    const kind = header.getUint32(0, true);
    if ((kind !== this.#expected && kind !== KIND.failed) || length > MAX_ANSWER) {
      this.#fail(this.#foreign(`what begins with ${kind} and ${length - HEADER_BYTES}`));
      return;
    }
    if (needed < length) {
      this.#grow(length);
      return;
    }
    this.answerLength = length;
    if (kind === this.#expected && needed === length) this.#settle()?.resolve();
    else if (kind === KIND.failed) this.#fail(this.#told());
    else this.#fail(this.#foreign(`${needed - length} bytes behind one`));
  }

  /** What Python says of its own failure. */
  #told(): GymnasiumError {
    try {
      const failure = failureSchema.parse(JSON.parse(this.answerText(HEADER_BYTES)));
      return failureError(this.id, this.#python, failure);
    } catch {
      return this.#foreign("a failure that is not told as bridge.py tells one");
    }
  }

  /** Messages come from bridge.py alone; what else writes to its socket has taken it over. */
  #foreign(got: string): GymnasiumError {
    return new GymnasiumError(
      "ENV_PROTOCOL",
      `Expected one message of kind ${this.#expected} from ${this.id}, got ${got}: something else than the bridge writes to its descriptor 3, such as a copy of the process that os.fork() has made; let child processes close it`,
    );
  }

  #grow(bytes: number): void {
    if (bytes <= this.answer.length) return;
    const larger = new Uint8Array(new ArrayBuffer(2 * bytes));
    larger.set(this.answer.subarray(0, this.#have));
    this.answer = larger;
  }

  #settle(): Pending | undefined {
    const pending = this.#pending;
    this.#pending = undefined;
    this.#socket.unref();
    if (pending) answersDue(-1);
    return pending;
  }

  #tick(): void {
    if (!this.#pending || ++this.#ticks !== TICKS_TO_TIMEOUT + 1) return;
    // bridge.py answers this signal with a traceback of all its threads on its standard error.
    this.#signal("SIGUSR1");
    setTimeout(() => {
      if (!this.#pending || this.#ticks <= TICKS_TO_TIMEOUT) return; // it answered after all
      this.#fail(this.#timeout());
    }, LAST_WORDS_MS);
  }

  #timeout(): GymnasiumError {
    return new GymnasiumError(
      "ENV_TIMEOUT",
      `${this.id} gave no answer for ${this.#timeoutSeconds} s and was killed. If it is only slow, raise timeoutSeconds or the environment variable TEMPERED_TIMEOUT.${this.#lastWords()}`,
    );
  }

  #watchExit(stderr: Socket): Promise<void> {
    return new Promise((resolve) => {
      this.#child.once("error", (error: NodeJS.ErrnoException) => {
        this.#fail(
          new GymnasiumError(
            "ENV_PYTHON_NOT_FOUND",
            `Cannot start Python as \`${this.#python}\` (${error.code}). Name an interpreter with the \`python\` option or the environment variable TEMPERED_PYTHON.`,
          ),
        );
        resolve();
      });
      this.#child.once("exit", (code, signal) => {
        this.#kill();
        const report = () => {
          clearTimeout(timer);
          const how = signal ? `was killed by ${signal}` : `ended with exit code ${code}`;
          // A Python too slow to have got as far as answering the signal of #tick dies of it.
          this.#fail(
            signal === "SIGUSR1"
              ? this.#timeout()
              : new GymnasiumError(
                  "ENV_DIED",
                  `The Python process of ${this.id} (\`${this.#python}\`) ${how} without being asked to.${this.#lastWords()}`,
                ),
          );
          resolve();
        };
        const timer = setTimeout(report, LAST_WORDS_MS);
        if (stderr.readableEnded) report();
        else stderr.once("end", report);
      });
    });
  }

  #lastWords(): string {
    const words = this.#output.trim();
    return words ? ` The last it wrote:\n${words}` : "";
  }

  /** Ends all with `error`, unless something did before. */
  #fail(error: GymnasiumError, kill = true): GymnasiumError {
    this.#failure ??= error;
    clearInterval(this.#ticker);
    if (kill) this.#kill();
    this.#settle()?.reject(this.#failure);
    return this.#failure;
  }

  #kill(): void {
    this.#signal("SIGKILL");
    killMarked(this.#mark);
  }

  #signal(signal: NodeJS.Signals): void {
    if (this.pid === undefined) return;
    try {
      process.kill(-this.pid, signal);
    } catch {
      // The whole group is gone already.
    }
  }
}
