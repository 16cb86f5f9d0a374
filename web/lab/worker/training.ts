// The training worker: everything heavy happens here, so that the page stays at hand. It works in short slices and
// looks at its messages between them.

import { defaultHyperparameters } from "../../../src/agent/hyperparameters.ts";
import { workIn } from "../../../src/agent/work.ts";
import type { Engine } from "../../../src/engines/engine.ts";
import { threadsFor } from "../../../src/engines/threads.ts";
import { wasmEngine } from "../../../src/engines/wasm/index.ts";
import type { FromWorker, ToWorker } from "../messages.ts";
import type { Setup } from "../setup.ts";
import { tasks } from "../tasks.ts";
import { diagnoseLive } from "./live-doctor.ts";
import { Stage } from "./stage.ts";
import { Trainer } from "./trainer.ts";

/** Milliseconds. */
const SLICE = 12;
const PROGRESS_EVERY = 200;
const DOCTOR_EVERY = 1000;
const IDLE = 15;

interface Session {
  readonly run: number;
  setup: Setup;
  readonly trainer: Trainer;
  readonly stage: Stage;
  /** Milliseconds of training so far, pauses left out. */
  trained: number;
  solvedAfter: number | undefined;
  /** Rate: milliseconds and updates when it was last told. */
  told: { at: number; updates: number; rate: number };
}

const inbox: ToWorker[] = [];
let wake: (() => void) | undefined;
let engine: Engine | undefined;
let session: Session | undefined;
let running = true;
let updatesPerSecond = Infinity;
let dimension = 0;
let last = { scene: 0, progress: 0, doctor: 0 };
/** Updates that the chosen speed allows; at most a few in store. */
let allowance = 0;
let clock = performance.now();

self.onmessage = ({ data }: MessageEvent<ToWorker>) => {
  inbox.push(data);
  wake?.();
};

const say = (message: FromWorker) => postMessage(message);
const rest = new MessageChannel();

/** Lets messages in: at once, or after `milliseconds` at the latest. */
function breathe(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    wake = resolve;
    if (milliseconds > 0) setTimeout(resolve, milliseconds);
    else {
      rest.port1.onmessage = () => resolve();
      rest.port2.postMessage(0);
    }
  });
}

async function obey(message: ToWorker): Promise<void> {
  switch (message.kind) {
    case "start":
      running = true;
      return start(message.run, message.setup);
    case "change":
      if (!session) return;
      session.setup = message.setup;
      await session.trainer.change(message.setup);
      return look(session, true);
    case "run":
      running = true;
      return;
    case "pause":
      running = false;
      if (session) await look(session, true);
      return;
    case "step":
      if (!session || running) return;
      await session.trainer.step();
      return look(session, true);
    case "speed":
      updatesPerSecond = message.updatesPerSecond;
      return;
    case "dimension":
      dimension = message.index;
      if (session) await look(session, true);
      return;
    case "export":
      if (session) say({ kind: "exported", files: await session.trainer.export() });
      return;
  }
}

/** As many as pay for the largest task; programs of smaller ones use fewer. */
function threadsForTasks(): number {
  const works = Object.values(tasks).map(({ make, hyperparameters }) =>
    workIn(make(), { ...defaultHyperparameters, ...hyperparameters }),
  );
  return Math.max(...works.map((work) => threadsFor("wasm", work)));
}

async function start(run: number, setup: Setup): Promise<void> {
  const previous = session;
  session = undefined;
  await previous?.trainer.dispose();
  engine ??= await wasmEngine({ threads: threadsForTasks(), adapts: true });
  dimension = Math.min(dimension, tasks[setup.task].actionSize - 1);
  session = {
    run,
    setup,
    trainer: await Trainer.create(setup, engine),
    stage: new Stage(tasks[setup.task], setup.seed),
    trained: 0,
    solvedAfter: undefined,
    told: { at: 0, updates: 0, rate: 0 },
  };
  clock = performance.now();
  await look(session, true);
}

async function work(current: Session): Promise<void> {
  const began = performance.now();
  allowance = Math.min(allowance + ((began - clock) / 1000) * updatesPerSecond, updatesPerSecond / 20 + 1);
  clock = began;
  while (performance.now() - began < SLICE && (allowance >= 1 || updatesPerSecond === Infinity)) {
    allowance -= 1;
    await current.trainer.step();
  }
  current.trained += performance.now() - began;
  if (current.trainer.solvedAtStep !== undefined) current.solvedAfter ??= current.trained;
}

/** Tells the page what is due; everything where `now`. */
async function look(current: Session, now = false): Promise<void> {
  const time = performance.now();
  const { run, trainer, stage } = current;
  if (now || time - last.scene >= Math.max(33, 1000 * stage.stepSeconds)) {
    last = { ...last, scene: time };
    if (running) await stage.step(trainer.agent);
    say({ kind: "scene", run, ...(await stage.scene(trainer.agent, dimension)) });
  }
  if (now || time - last.progress >= PROGRESS_EVERY) {
    last = { ...last, progress: time };
    say({ kind: "progress", run, ...progress(current) });
  }
  if (now || time - last.doctor >= DOCTOR_EVERY) {
    last = { ...last, doctor: time };
    say({ kind: "doctor", run, ...diagnoseLive(trainer, current.setup) });
  }
}

function progress(current: Session) {
  const { trainer, told, trained, solvedAfter } = current;
  const { updates } = trainer.agent.learner;
  if (trained - told.at > 500) {
    current.told = { at: trained, updates, rate: (1000 * (updates - told.updates)) / (trained - told.at) };
  }
  return {
    step: trainer.agent.steps,
    updates,
    updatesPerSecond: current.told.rate,
    seconds: trained / 1000,
    episodes: trainer.episodes,
    recentReturn: trainer.recentReturn,
    solved:
      solvedAfter === undefined ? undefined : { seconds: solvedAfter / 1000, step: trainer.solvedAtStep! },
    update: trainer.update,
    history: trainer.history,
    threads: trainer.agent.engine.threads,
  };
}

for (;;) {
  try {
    for (let message = inbox.shift(); message; message = inbox.shift()) await obey(message);
    if (session && running) {
      await work(session);
      await look(session);
    }
  } catch (error) {
    running = false;
    say({
      kind: "failed",
      run: session?.run ?? 0,
      message: error instanceof Error ? error.message : String(error),
    });
  }
  const waits = !session || !running || (updatesPerSecond !== Infinity && allowance < 1);
  await breathe(waits ? IDLE : 0);
}
