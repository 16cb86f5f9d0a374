// The world as it moves: the policy of the moment at the task's own speed.

import type { JSX } from "preact";
import { ASPECT, type Drawing, type Role, type Shape } from "../../../src/envs/render/drawing.ts";
import { resolveColor } from "../../shared/colors.ts";
import type { Laboratory } from "../laboratory.ts";
import { type TaskId, tasks } from "../tasks.ts";
import { blend, type Frame, SceneCanvas } from "./canvas.tsx";

const COLORS: Readonly<Record<Role, string>> = {
  body: "var(--line-2)",
  limb: "var(--line-1)",
  far: "var(--line-5)",
  joint: "var(--ink)",
  goal: "var(--healthy)",
  track: "var(--faint)",
};

export function World({ laboratory }: { laboratory: Laboratory }): JSX.Element {
  const { label } = tasks[laboratory.setup.value.task];
  return (
    <figure class="card scene">
      <figcaption>
        <h2>The world</h2>
        <span class="dim small">as the policy moves it right now</span>
      </figcaption>
      <SceneCanvas
        laboratory={laboratory}
        label={`${label}, moved by the policy as it is now`}
        paint={painters[laboratory.setup.value.task]}
      />
    </figure>
  );
}

const painters: Readonly<Record<TaskId, (frame: Frame) => void>> = {
  pendulum: (frame) => paintWorld(frame, tasks.pendulum.zoom),
  pointmass: (frame) => paintWorld(frame, tasks.pointmass.zoom),
  mountaincar: (frame) => paintWorld(frame, tasks.mountaincar.zoom),
};

function paintWorld({ context, width, height, scene, before, share }: Frame, zoom: number): void {
  const view = scene.drawing.view;
  const wide = zoom * Math.min(width, height * ASPECT);
  const scale = wide / view.width;
  const left = (width - wide) / 2;
  const bottom = (height + wide / ASPECT) / 2;
  const place = (drawing: Drawing, point: number, i: number) =>
    i % 2 === 0 ? left + (point - drawing.view.left) * scale : bottom - (point - drawing.view.bottom) * scale;
  scene.drawing.shapes.forEach((shape, index) => {
    const earlier = before.drawing.shapes[index] ?? shape;
    const [to, from] = [pointsOf(shape), pointsOf(earlier)];
    const points = to.map((point, i) =>
      blend(place(before.drawing, from[i] ?? point, i), place(scene.drawing, point, i), share),
    );
    paintShape(context, shape, points, scale);
  });
}

function pointsOf(shape: Shape): readonly number[] {
  return shape.kind === "circle" ? [shape.x, shape.y] : shape.points;
}

function paintShape(
  context: CanvasRenderingContext2D,
  shape: Shape,
  points: readonly number[],
  scale: number,
): void {
  context.fillStyle = context.strokeStyle = resolveColor(COLORS[shape.role]);
  context.beginPath();
  if (shape.kind === "circle") {
    context.arc(points[0]!, points[1]!, Math.max(2, shape.radius * scale), 0, 2 * Math.PI);
    context.fill();
    return;
  }
  context.moveTo(points[0]!, points[1]!);
  for (let i = 2; i < points.length; i += 2) context.lineTo(points[i]!, points[i + 1]!);
  if (shape.kind === "polygon") context.fill();
  else {
    context.lineWidth = Math.max(1, shape.width * scale);
    context.lineCap = context.lineJoin = "round";
    context.stroke();
  }
}
