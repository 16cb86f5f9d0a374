// Intuition: at the state on stage, how likely the policy finds each action, against what α makes of the critics'
// opinion. α is the price of certainty: at a high one all actions are nearly alike, at a low one only the best counts.

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { short } from "../../../src/text/numbers.ts";
import { resolveColor } from "../../shared/colors.ts";
import type { Laboratory } from "../laboratory.ts";
import { type Task, tasks } from "../tasks.ts";
import { blend, type Frame, SceneCanvas } from "./canvas.tsx";

const PAD = { left: 10, right: 10, top: 12, bottom: 28 };
/** Densities above are cut off: next to a bound they may go to infinity. */
const HIGHEST = 8;
/** Milliseconds between two changes of the words. */
const READABLE = 300;

export function Densities({ laboratory }: { laboratory: Laboratory }): JSX.Element {
  const { actions }: Task = tasks[laboratory.setup.value.task];
  const dimension = laboratory.dimension.value;
  return (
    <figure class="card scene">
      <figcaption>
        <h2>What α means here</h2>
        {actions.length === 1 ? (
          <span class="dim small">{actions[0]}, from −1 to 1</span>
        ) : (
          <label class="small dim">
            action{" "}
            <select
              value={dimension}
              onChange={({ currentTarget: { value } }) => laboratory.showDimension(Number(value))}
            >
              {actions.map((name, i) => (
                <option key={name} value={i}>
                  {name}
                </option>
              ))}
            </select>
          </label>
        )}
        <span class="key small">
          <span>
            <i class="swatch" style={{ background: "var(--line-2)" }} />
            policy π(a|s)
          </span>
          <span>
            <i class="swatch" style={{ background: "var(--line-1)" }} />∝ exp(Q/α)
          </span>
        </span>
      </figcaption>
      <SceneCanvas
        laboratory={laboratory}
        label="The policy's density over this action, and the density that exp(Q/α) asks for"
        paint={paintDensities}
      />
      <Words laboratory={laboratory} />
    </figure>
  );
}

function Words({ laboratory }: { laboratory: Laboratory }): JSX.Element {
  const text = useSignal("");
  useEffect(() => {
    let last = 0;
    return laboratory.watch(({ q, alpha }) => {
      if (performance.now() - last < READABLE) return;
      last = performance.now();
      const span = q.reduce((a, b) => Math.max(a, b)) - q.reduce((a, b) => Math.min(a, b));
      const times = span / alpha;
      const meaning =
        times < 1
          ? "less than one: all actions are nearly as good, so act at random"
          : times < 30
            ? "a few: better actions are preferred, others still tried"
            : "many: only the best action counts";
      text.value = `Best and worst action differ by ${short(span)} in Q, which is ${short(times)} α (α = ${short(alpha)}) – ${meaning}.`;
    });
  }, [laboratory, text]);
  return <p class="small words numeric">{text.value}</p>;
}

function paintDensities({ context, width, height, scene, before, share }: Frame): void {
  const blended = (to: Float32Array, from: Float32Array) =>
    to.map((value, i) => blend(from[i]!, value, share));
  const policy = blended(scene.policy, before.policy);
  const boltzmann = blended(scene.boltzmann, before.boltzmann);
  const peak = [...policy, ...boltzmann].reduce((a, b) => Math.max(a, b), 1);
  const top = Math.min(HIGHEST, 1.1 * peak);
  const x = (a: number) => PAD.left + ((a + 1) / 2) * (width - PAD.left - PAD.right);
  const floor = height - PAD.bottom;
  const y = (density: number) => floor - (Math.min(density, top) / top) * (floor - PAD.top);

  context.strokeStyle = resolveColor("var(--faint)");
  context.fillStyle = resolveColor("var(--dim)");
  context.font = "11px system-ui, sans-serif";
  context.textAlign = "center";
  context.lineWidth = 1;
  for (const a of [-1, -0.5, 0, 0.5, 1]) {
    context.beginPath();
    context.moveTo(x(a), PAD.top);
    context.lineTo(x(a), floor);
    context.stroke();
    context.textAlign = a === -1 ? "left" : a === 1 ? "right" : "center";
    context.fillText(String(a).replace("-", "−"), x(a), height - 4);
  }
  curve(context, boltzmann, x, y, floor, "var(--line-1)");
  curve(context, policy, x, y, floor, "var(--line-2)");
  const action = blend(before.action, scene.action, share);
  context.fillStyle = resolveColor("var(--ink)");
  context.beginPath();
  context.moveTo(x(action), floor - 1);
  context.lineTo(x(action) - 5, floor + 9);
  context.lineTo(x(action) + 5, floor + 9);
  context.fill();
}

function curve(
  context: CanvasRenderingContext2D,
  density: Float32Array,
  x: (a: number) => number,
  y: (density: number) => number,
  floor: number,
  color: string,
): void {
  const at = (i: number) => x(-1 + (2 * i + 1) / density.length);
  context.strokeStyle = context.fillStyle = resolveColor(color);
  context.beginPath();
  density.forEach((value, i) => void context.lineTo(at(i), y(value)));
  context.lineWidth = 2;
  context.stroke();
  context.lineTo(at(density.length - 1), floor);
  context.lineTo(at(0), floor);
  context.globalAlpha = 0.16;
  context.fill();
  context.globalAlpha = 1;
}
