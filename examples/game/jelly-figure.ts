// How a jellyfish looks: a bell that beats the harder it pushes, tentacles that trail behind, and a glow.

import { BODY, type Jelly } from "./sea.ts";

interface Knot {
  x: number;
  y: number;
}

const TENTACLES = 6;
const KNOTS = 9;
const LINK = 0.085;

export interface Look {
  /** Degrees. */
  readonly hue: number;
  readonly dark: boolean;
}

export class JellyFigure {
  private phase = Math.random() * 6;
  private push = 0;
  private tentacles: Knot[][] | undefined;
  /** 1 when it has just eaten. */
  private joy = 0;

  eaten(): void {
    this.joy = 1;
  }

  gone(): void {
    this.tentacles = undefined;
  }

  /** @param push in [−1, 1] */
  move({ x, y, angle, velocity }: Jelly, push: number, seconds: number): void {
    this.push += (0.5 + push / 2 - this.push) * Math.min(1, 6 * seconds);
    this.phase += seconds * (2 + 9 * this.push);
    this.joy = Math.max(0, this.joy - 1.5 * seconds);
    this.tentacles ??= Array.from({ length: TENTACLES }, () =>
      Array.from({ length: KNOTS }, (_, k) => ({ x, y: y - k * LINK })),
    );
    const [sin, cos] = [Math.sin(angle), Math.cos(angle)];
    this.tentacles.forEach((knots, t) => {
      const along = ((t + 0.5) / TENTACLES - 0.5) * 1.5 * BODY;
      const root = knots[0]!;
      root.x = x + along * cos + 0.1 * sin;
      root.y = y + along * sin - 0.1 * cos;
      const sway = 0.5 * Math.sin(this.phase * 0.6 + t * 1.3);
      for (let k = 1; k < KNOTS; k++) {
        const knot = knots[k]!;
        const before = knots[k - 1]!;
        knot.x += seconds * (0.35 * sin + 0.12 * sway * cos - 0.1 * velocity.x);
        knot.y += seconds * (-0.35 * cos + 0.12 * sway * sin - 0.1 * velocity.y - 0.1);
        const [dx, dy] = [knot.x - before.x, knot.y - before.y];
        const far = Math.hypot(dx, dy) || 1;
        knot.x = before.x + (dx / far) * LINK;
        knot.y = before.y + (dy / far) * LINK;
      }
    });
  }

  /** @param context in metres, y up */
  draw(context: CanvasRenderingContext2D, { x, y, angle }: Jelly, { hue, dark }: Look): void {
    const beat = Math.sin(this.phase) * (0.35 + 0.65 * this.push);
    const light = dark ? 72 : 52;
    context.lineCap = "round";
    context.lineJoin = "round";
    this.tentacles?.forEach((knots, t) => {
      context.beginPath();
      context.moveTo(knots[0]!.x, knots[0]!.y);
      for (let k = 1; k < KNOTS - 1; k++) {
        const [knot, next] = [knots[k]!, knots[k + 1]!];
        context.quadraticCurveTo(knot.x, knot.y, (knot.x + next.x) / 2, (knot.y + next.y) / 2);
      }
      context.lineWidth = t % 2 === 0 ? 0.035 : 0.02;
      context.strokeStyle = `hsl(${hue + 12 * (t % 3)} 85% ${light + 6}% / ${dark ? 0.5 : 0.6})`;
      context.stroke();
    });

    context.save();
    context.translate(x, y);
    context.rotate(angle);
    const halo = context.createRadialGradient(0, 0, 0.05, 0, 0, 1.15 + 0.5 * this.joy);
    const strength = (dark ? 0.34 : 0.2) + 0.4 * this.joy;
    halo.addColorStop(0, `hsl(${hue} 95% ${light}% / ${strength})`);
    halo.addColorStop(1, `hsl(${hue} 95% ${light}% / 0)`);
    context.fillStyle = halo;
    context.beginPath();
    context.arc(0, 0, 1.15 + 0.5 * this.joy, 0, 7);
    context.fill();

    const w = BODY * (1.32 - 0.2 * beat);
    const h = BODY * (1.28 + 0.24 * beat);
    const rim = -0.16 + 0.05 * beat;
    context.beginPath();
    context.moveTo(-w, rim);
    context.bezierCurveTo(-w * 1.06, h * 0.9, -w * 0.55, h * 1.22, 0, h * 1.22);
    context.bezierCurveTo(w * 0.55, h * 1.22, w * 1.06, h * 0.9, w, rim);
    const scallops = 5;
    for (let s = scallops - 1; s >= 0; s--) {
      const [to, from] = [-w + (2 * w * s) / scallops, -w + (2 * w * (s + 1)) / scallops];
      context.quadraticCurveTo((to + from) / 2, rim - 0.11, to, rim);
    }
    const skin = context.createRadialGradient(-0.08, h * 0.75, 0.02, 0, 0.1, h * 1.35);
    skin.addColorStop(0, `hsl(${hue + 20} 100% ${dark ? 95 : 92}% / 0.95)`);
    skin.addColorStop(0.45, `hsl(${hue} 92% ${light}% / 0.82)`);
    skin.addColorStop(1, `hsl(${hue - 18} 85% ${light - 22}% / 0.62)`);
    context.fillStyle = skin;
    context.fill();
    context.lineWidth = 0.022;
    context.strokeStyle = `hsl(${hue + 10} 100% ${dark ? 88 : 36}% / 0.75)`;
    context.stroke();

    context.lineWidth = 0.03;
    context.strokeStyle = `hsl(${hue + 30} 100% ${dark ? 92 : 97}% / 0.6)`;
    for (const side of [-1, 0, 1]) {
      context.beginPath();
      context.ellipse(side * w * 0.36, h * 0.34, w * 0.15, h * 0.24, side * -0.35, 0, 7);
      context.stroke();
    }
    context.restore();
  }
}
