// A canvas that follows its box, the screen's resolution and the theme, and is drawn once a frame while the lab has
// something new to show.

import { useSignalEffect } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { paletteVersion } from "../../shared/colors.ts";
import type { Laboratory } from "../laboratory.ts";
import type { Scene } from "../messages.ts";

export interface Frame {
  readonly context: CanvasRenderingContext2D;
  /** CSS pixels. */
  readonly width: number;
  readonly height: number;
  readonly scene: Scene;
  /** The scene before, to move on from; the same one where there is nothing to blend. */
  readonly before: Scene;
  /** How far the way from `before` to `scene` is gone, 0 to 1. */
  readonly share: number;
}

export interface SceneCanvasProps {
  readonly laboratory: Laboratory;
  readonly label: string;
  paint(frame: Frame): void;
}

/** A canvas that moves smoothly from one scene of the worker to the next. */
export function SceneCanvas({ laboratory, label, paint }: SceneCanvasProps): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const show = useRef<() => void>(() => {});

  useEffect(() => {
    const element = canvas.current!;
    const context = element.getContext("2d")!;
    let [before, scene]: [Scene | undefined, Scene | undefined] = [undefined, undefined];
    let arrived = 0;
    let requested = 0;
    const still = matchMedia("(prefers-reduced-motion: reduce)");

    const frame = (now: number) => {
      requested = 0;
      if (!scene) return;
      const { clientWidth: width, clientHeight: height } = element;
      const ratio = devicePixelRatio;
      const [across, down] = [Math.round(width * ratio), Math.round(height * ratio)];
      if (element.width !== across || element.height !== down) {
        element.width = across;
        element.height = down;
      }
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      context.clearRect(0, 0, width, height);
      const duration = 1000 * Math.max(scene.stepSeconds, 1 / 30);
      const share = still.matches ? 1 : Math.min(1, Math.max(0, (now - arrived) / duration));
      paint({ context, width, height, scene, before: before ?? scene, share });
      if (share < 1) request();
    };
    const request = () => {
      requested ||= requestAnimationFrame(frame);
    };
    show.current = request;
    const unwatch = laboratory.watch((next) => {
      before = scene?.episode === next.episode && scene.q.length === next.q.length ? scene : next;
      scene = next;
      arrived = performance.now();
      request();
    });
    const resized = new ResizeObserver(request);
    resized.observe(element);
    return () => {
      unwatch();
      resized.disconnect();
      cancelAnimationFrame(requested);
    };
  }, [laboratory, paint]);

  useSignalEffect(() => {
    void paletteVersion.value;
    show.current();
  });

  return <canvas ref={canvas} role="img" aria-label={label} />;
}

export function blend(from: number, to: number, share: number): number {
  return from + (to - from) * share;
}
