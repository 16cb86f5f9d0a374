// The picture of the sea: light from above, what floats in the water, the floor with its weeds, plankton, and the jellyfish.

import { JellyFigure } from "./jelly-figure.ts";
import { HEIGHT, type Point, rocks, type Sea, WIDTH } from "./sea.ts";

const HUES = [318, 276, 200, 338, 256, 182, 300, 228];
/** Of the one that a person moves. */
const PLAYER_HUE = 36;

interface Ripple extends Point {
  age: number;
  readonly hue: number;
}

export interface Frame {
  readonly sea: Sea;
  readonly actions: ArrayLike<number>;
  /** Row that a person moves. */
  readonly player?: number | undefined;
  readonly seconds: number;
}

export class Scene {
  private readonly canvas: HTMLCanvasElement;
  private readonly context: CanvasRenderingContext2D;
  private readonly figures: JellyFigure[] = [];
  private ripples: Ripple[] = [];
  private readonly motes = Array.from({ length: 70 }, () => ({
    x: Math.random() * WIDTH,
    y: Math.random() * HEIGHT,
    depth: 0.3 + 0.7 * Math.random(),
  }));
  private time = 0;
  private readonly darkScheme = matchMedia("(prefers-color-scheme: dark)");
  private readonly still = matchMedia("(prefers-reduced-motion: reduce)");

  constructor(canvas: HTMLCanvasElement) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d")!;
  }

  /** Where in the sea somebody points. */
  point({ clientX, clientY }: { clientX: number; clientY: number }): Point {
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    return { x: ((clientX - left) / width) * WIDTH, y: (1 - (clientY - top) / height) * HEIGHT };
  }

  eaten(row: number, at: Point, isPlayer: boolean): void {
    this.figure(row).eaten();
    this.ripples.push({ ...at, age: 0, hue: isPlayer ? PLAYER_HUE : HUES[row % HUES.length]! });
  }

  draw({ sea, actions, player, seconds }: Frame): void {
    const { context, canvas } = this;
    const ratio = Math.min(devicePixelRatio, 2);
    const width = Math.round(canvas.clientWidth * ratio);
    const height = Math.round((width * HEIGHT) / WIDTH);
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    if (!this.still.matches) this.time += seconds;
    const dark = this.darkScheme.matches;
    const scale = width / WIDTH;
    context.setTransform(scale, 0, 0, -scale, 0, height);
    this.water(dark);
    this.floor(dark);
    context.globalCompositeOperation = dark ? "lighter" : "source-over";
    sea.plankton.forEach((each, i) => {
      this.plankton(each, i, dark);
    });
    context.globalCompositeOperation = "source-over";
    sea.present.forEach((isPresent, row) => {
      const figure = this.figure(row);
      if (!isPresent) {
        figure.gone();
        return;
      }
      const jelly = sea.jelly(row);
      figure.move(jelly, actions[2 * row]!, seconds);
      figure.draw(context, jelly, { hue: row === player ? PLAYER_HUE : HUES[row % HUES.length]!, dark });
    });
    this.drawRipples(seconds, dark);
  }

  private figure(row: number): JellyFigure {
    this.figures[row] ??= new JellyFigure();
    return this.figures[row];
  }

  private water(dark: boolean): void {
    const { context } = this;
    const depth = context.createLinearGradient(0, HEIGHT, 0, 0);
    const stops = dark
      ? ["#12506b", "#0b2f4b", "#081b33", "#050d1d"]
      : ["#d9f6f4", "#a9e3e8", "#7cc9da", "#5aa9c6"];
    stops.forEach((color, i) => {
      depth.addColorStop(i / (stops.length - 1), color);
    });
    context.fillStyle = depth;
    context.fillRect(0, 0, WIDTH, HEIGHT);
    for (let i = 0; i < 5; i++) {
      const x = 0.6 + i * 2.6 + 0.5 * Math.sin(this.time * 0.23 + i * 1.7);
      const spread = 0.5 + 0.35 * Math.sin(this.time * 0.31 + i);
      const shaft = context.createLinearGradient(0, HEIGHT, 0, 1);
      const alpha = (dark ? 0.085 : 0.3) * (0.7 + 0.3 * Math.sin(this.time * 0.5 + 2 * i));
      shaft.addColorStop(0, `rgb(190 240 255 / ${alpha})`);
      shaft.addColorStop(1, "rgb(190 240 255 / 0)");
      context.fillStyle = shaft;
      context.beginPath();
      context.moveTo(x, HEIGHT);
      context.lineTo(x + spread, HEIGHT);
      context.lineTo(x + spread * 2.4 - 1.6, 0);
      context.lineTo(x - spread - 1.6, 0);
      context.fill();
    }
    context.fillStyle = dark ? "rgb(190 230 255 / 0.35)" : "rgb(255 255 255 / 0.75)";
    for (const { x, y, depth: near } of this.motes) {
      const left = (x + 0.12 * near * this.time + 0.1 * Math.sin(this.time * 0.7 + y * 3)) % WIDTH;
      const up = (y + 0.06 * near * this.time) % HEIGHT;
      context.beginPath();
      context.arc(left, up, 0.018 * near, 0, 7);
      context.fill();
    }
  }

  private floor(dark: boolean): void {
    const { context } = this;
    for (let i = 0; i < 26; i++) {
      const x = 0.25 + i * 0.47 + 0.15 * Math.sin(i * 12.9);
      const tall = 0.55 + 0.5 * Math.abs(Math.sin(i * 5.3));
      const sway = 0.16 * Math.sin(this.time * 0.9 + i * 0.8);
      context.beginPath();
      context.moveTo(x, 0);
      context.bezierCurveTo(x - 0.1, tall * 0.4, x + 0.12 + sway, tall * 0.6, x + sway * 1.6, tall);
      context.lineWidth = 0.05 + 0.03 * Math.abs(Math.sin(i * 3.1));
      context.lineCap = "round";
      context.strokeStyle = dark
        ? `hsl(${165 + (i % 4) * 9} 45% 26% / 0.8)`
        : `hsl(${160 + (i % 4) * 8} 45% 40% / 0.7)`;
      context.stroke();
    }
    for (const { x, y, radius } of rocks) {
      const stone = context.createRadialGradient(
        x - radius * 0.35,
        y + radius * 0.5,
        radius * 0.1,
        x,
        y,
        radius,
      );
      stone.addColorStop(0, dark ? "#3d5874" : "#8fa7b3");
      stone.addColorStop(0.75, dark ? "#1b2f49" : "#5b7686");
      stone.addColorStop(1, dark ? "#12213a" : "#466274");
      context.fillStyle = stone;
      context.beginPath();
      context.arc(x, y, radius, 0, 7);
      context.fill();
      context.lineWidth = 0.025;
      context.strokeStyle = dark ? "rgb(150 200 235 / 0.28)" : "rgb(255 255 255 / 0.55)";
      context.beginPath();
      context.arc(x, y, radius - 0.02, 0.5, 2.4);
      context.stroke();
    }
    const sand = context.createLinearGradient(0, 0.4, 0, 0);
    sand.addColorStop(0, dark ? "#17324a" : "#f1e4c4");
    sand.addColorStop(1, dark ? "#0c1d31" : "#d9c493");
    context.fillStyle = sand;
    context.beginPath();
    context.moveTo(0, 0);
    for (let x = 0; x <= WIDTH; x += 0.25)
      context.lineTo(x, 0.16 + 0.07 * Math.sin(x * 1.3) + 0.04 * Math.sin(x * 3.1));
    context.lineTo(WIDTH, 0);
    context.fill();
  }

  private plankton({ x, y }: Point, i: number, dark: boolean): void {
    const { context } = this;
    const bob = 0.05 * Math.sin(this.time * 1.4 + i * 2);
    const beat = 1 + 0.12 * Math.sin(this.time * 2.2 + i * 1.3);
    const glow = context.createRadialGradient(x, y + bob, 0, x, y + bob, 0.5 * beat);
    glow.addColorStop(0, dark ? "rgb(225 255 170 / 0.95)" : "rgb(255 250 190 / 1)");
    glow.addColorStop(0.16, dark ? "rgb(170 255 140 / 0.7)" : "rgb(255 214 64 / 0.95)");
    glow.addColorStop(1, dark ? "rgb(90 230 160 / 0)" : "rgb(255 214 64 / 0)");
    context.fillStyle = glow;
    context.beginPath();
    context.arc(x, y + bob, 0.5 * beat, 0, 7);
    context.fill();
    context.fillStyle = dark ? "#f4ffd8" : "#b06a00";
    context.beginPath();
    context.arc(x, y + bob, 0.055 * beat, 0, 7);
    context.fill();
  }

  private drawRipples(seconds: number, dark: boolean): void {
    const { context } = this;
    this.ripples = this.ripples.filter((ripple) => {
      ripple.age += seconds * 1.6;
      return ripple.age < 1;
    });
    for (const { x, y, age, hue } of this.ripples) {
      const fade = (1 - age) ** 2;
      context.strokeStyle = `hsl(${hue} 100% ${dark ? 80 : 45}% / ${fade})`;
      context.lineWidth = 0.05 * (1 - age);
      context.beginPath();
      context.arc(x, y, 0.2 + age * 0.9, 0, 7);
      context.stroke();
      context.fillStyle = context.strokeStyle;
      for (let i = 0; i < 9; i++) {
        const far = 0.25 + age * (0.8 + 0.3 * Math.sin(i * 7));
        context.beginPath();
        context.arc(x + far * Math.cos(i * 0.7), y + far * Math.sin(i * 0.7), 0.035 * (1 - age), 0, 7);
        context.fill();
      }
    }
  }
}
