// The page: watches the jellyfish learn, shows how it goes, and lets a person swim with them.

import { Life, PLAYER, type Policy } from "./life.ts";
import type { FromWorker, Progress, ToWorker } from "./messages.ts";
import { Meter } from "./meter.ts";
import { Scene } from "./scene.ts";
import { distance, type Point } from "./sea.ts";

const ROUND_SECONDS = 45;

const find = <T extends HTMLElement>(id: string) => document.getElementById(id) as T;
const canvas = find<HTMLCanvasElement>("sea");
const words = find("words");
const score = find("score");
const buttons = { learn: find("learn"), play: find("play"), forget: find("forget") };
const meters = {
  return: new Meter({ element: find("return"), digits: 1 }),
  alpha: new Meter({ element: find("alpha"), digits: 4, logarithmic: true }),
  entropy: new Meter({ element: find("entropy"), digits: 2 }),
};

const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
const tell = (type: ToWorker["type"]) => worker.postMessage({ type } satisfies ToWorker);
const life = await Life.create();
const scene = new Scene(canvas);

let isLearning = false;
let target: Point | undefined;
const keys = new Set<string>();
/** When the round ends; nothing while nobody plays. */
let ends: number | undefined;

worker.onmessage = async ({ data }: MessageEvent<FromWorker>) => {
  if (data.type === "progress") show(data);
  if (data.type === "policy") life.policy = await policyOf(data.module);
  if (data.type === "error") words.textContent = data.message;
  if (data.type === "state") {
    isLearning = data.state === "learning";
    document.body.dataset.state = data.state;
    buttons.learn.textContent = isLearning ? "Pause" : "Go on learning";
    buttons.learn.toggleAttribute("disabled", data.state === "learned");
    if (data.state === "learning" && data.restored)
      words.textContent = "They remember what they had learned.";
    if (data.state === "resting") words.textContent = "They rest. What they know is kept in this browser.";
    if (data.state === "learned") words.textContent = "They have learned to swim. Can you keep up?";
  }
};
worker.onerror = ({ message }) => {
  words.textContent = message;
};

function show({ steps, alpha, entropy, targetEntropy, episodeReturn, updatesPerSecond }: Progress): void {
  meters.return.add(episodeReturn);
  meters.alpha.add(alpha);
  meters.entropy.add(entropy, targetEntropy);
  document.body.dataset.return = `${episodeReturn}`;
  document.body.dataset.steps = `${steps}`;
  if (ends !== undefined) return;
  words.textContent =
    `${steps.toLocaleString("en")} moments lived` +
    (updatesPerSecond > 0
      ? `, ${Math.round(updatesPerSecond).toLocaleString("en")} lessons a second`
      : ", by chance so far");
}

/** The exported policy, a module that needs nothing. */
async function policyOf(module: string): Promise<Policy> {
  const url = URL.createObjectURL(new Blob([module], { type: "text/javascript" }));
  try {
    const { createPolicy } = (await import(/* @vite-ignore */ url)) as { createPolicy(): Policy };
    return createPolicy();
  } finally {
    URL.revokeObjectURL(url);
  }
}

buttons.learn.onclick = () => tell(isLearning ? "rest" : "learn");
buttons.forget.onclick = () => {
  for (const meter of Object.values(meters)) meter.clear();
  words.textContent = "They have forgotten everything.";
  tell("forget");
};
buttons.play.onclick = () => (ends === undefined ? beginRound() : endRound());

function beginRound(): void {
  ends = performance.now() + 1000 * ROUND_SECONDS;
  target = undefined;
  life.play(true);
  document.body.dataset.playing = "true";
  buttons.play.textContent = "Stop";
  words.textContent = "You are the golden one: point where to swim, or use the arrow keys.";
  canvas.focus();
}

function endRound(): void {
  const [best, own] = [Math.max(...life.meals.slice(0, PLAYER)), life.meals[PLAYER]!];
  const verdict = own > best ? "You win!" : own === best ? "A draw." : "They are better at it.";
  words.textContent = `You ate ${own}, the best of them ${best}. ${verdict}`;
  ends = undefined;
  life.play(false);
  delete document.body.dataset.playing;
  buttons.play.textContent = "Swim with them";
}

canvas.addEventListener("pointermove", (event) => {
  if (ends !== undefined) target = scene.point(event);
});
canvas.addEventListener("pointerdown", (event) => {
  target = scene.point(event);
  if (ends === undefined) life.feed(target);
});
addEventListener("keydown", ({ key, target: at }) => {
  if (key.startsWith("Arrow") && at === canvas) keys.add(key);
});
addEventListener("keyup", ({ key }) => keys.delete(key));
canvas.addEventListener("keydown", (event) => {
  if (event.key.startsWith("Arrow")) event.preventDefault();
});

/** Towards where the person points, or as the keys say. */
function steer(): readonly [push: number, turn: number] {
  if (keys.size > 0) {
    target = undefined;
    const turn = (keys.has("ArrowLeft") ? 1 : 0) - (keys.has("ArrowRight") ? 1 : 0);
    return [keys.has("ArrowUp") ? 1 : -1, turn];
  }
  if (target === undefined) return [-1, 0];
  const own = life.sea.jelly(PLAYER);
  const wanted = Math.atan2(-(target.x - own.x), target.y - own.y);
  const off = Math.atan2(Math.sin(wanted - own.angle), Math.cos(wanted - own.angle));
  const far = distance(target, own);
  return [far < 0.3 || Math.abs(off) > 1.8 ? -1 : 1, 2.5 * off - 0.5 * own.spin];
}

let before = performance.now();
function frame(now: number): void {
  const seconds = Math.min((now - before) / 1000, 0.1);
  before = now;
  life.pass(seconds, steer, (row, at) => scene.eaten(row, at, row === PLAYER));
  scene.draw({ sea: life.sea, actions: life.actions, player: PLAYER, seconds });
  if (ends !== undefined) {
    const left = Math.max(0, Math.ceil((ends - now) / 1000));
    score.textContent = `You ${life.meals[PLAYER]} · best of them ${Math.max(...life.meals.slice(0, PLAYER))} · ${left} s`;
    if (left === 0) endRound();
  }
  requestAnimationFrame(frame);
}
requestAnimationFrame(frame);
tell("learn");
