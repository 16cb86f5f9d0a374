// The drawing code of the HTML report, as text: the page must work from a file with nothing to fetch. Every figure is
// a canvas; dragging across it zooms all of them to that range of steps, a double click shows everything again.

export const PLOT_SCRIPT = `
"use strict";
const runs = JSON.parse(document.getElementById("data").textContent);
const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const pad = { left: 64, right: 34, top: 8, bottom: 22 };

function ticks(low, high, count) {
  const span = high - low || 1;
  const raw = span / count;
  const power = Math.pow(10, Math.floor(Math.log10(raw)));
  const step = [1, 2, 2.5, 5, 10].map((k) => k * power).find((s) => s >= raw);
  const found = [];
  for (let t = Math.ceil(low / step) * step; t <= high + 1e-9 * span; t += step) found.push(t);
  return found;
}

// Exponents of 10: decades where there are enough of them, else 1, 2, 5 between them.
function logTicks(low, high) {
  if (high - low >= 2) {
    const step = Math.ceil((high - low) / 6);
    const found = [];
    for (let t = Math.ceil(low / step) * step; t <= high; t += step) found.push(t);
    return found;
  }
  const found = [];
  for (let decade = Math.floor(low); decade <= Math.ceil(high); decade++) {
    for (const t of [1, 2, 5].map((k) => decade + Math.log10(k))) if (t >= low && t <= high) found.push(t);
  }
  return found.length > 1 ? found : ticks(Math.pow(10, low), Math.pow(10, high), 3).filter((t) => t > 0).map(Math.log10);
}

function label(value) {
  if (value === 0) return "0";
  const size = Math.abs(value);
  const text = size >= 1e5 || size < 1e-3 - 1e-12 ? size.toExponential(1).replace("e+", "e").replace(".0e", "e") : Number(size.toPrecision(3)).toLocaleString("en-US", { maximumFractionDigits: 6 });
  return value < 0 ? "\u2212" + text : text;
}

function figure(canvas, run, spec, view, redrawAll) {
  const context = canvas.getContext("2d");
  let drag = null;
  let hover = null;
  const box = () => ({ width: canvas.clientWidth, height: canvas.clientHeight });
  const value = (y) => (spec.log ? Math.log10(y) : y);
  const inView = (x) => x >= view.low && x <= view.high;

  function range() {
    let low = Infinity;
    let high = -Infinity;
    for (const line of spec.lines) {
      if (line.outside) continue;
      line.y.forEach((y, i) => {
        if (y === null || !inView(run.step[i]) || (spec.log && !(y > 0))) return;
        low = Math.min(low, value(y));
        high = Math.max(high, value(y));
      });
    }
    // A limit far from everything would leave of the lines no more than one flat one.
    const [least, most] = [low - 3 * (high - low), high + 3 * (high - low)];
    for (const level of spec.levels) {
      if (level.far && (level.value < least || level.value > most)) continue;
      low = Math.min(low, level.value);
      high = Math.max(high, level.value);
    }
    if (!(high >= low)) return [0, 1];
    const margin = 0.06 * (high - low) || 0.5;
    return [low - margin, high + margin];
  }

  function draw() {
    const { width, height } = box();
    const ratio = window.devicePixelRatio || 1;
    canvas.width = width * ratio;
    canvas.height = height * ratio;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    context.font = "11px system-ui, sans-serif";
    const [low, high] = range();
    const x = (step) => pad.left + ((step - view.low) / (view.high - view.low || 1)) * (width - pad.left - pad.right);
    const y = (v) => height - pad.bottom - ((v - low) / (high - low)) * (height - pad.top - pad.bottom);

    context.save();
    context.beginPath();
    context.rect(pad.left, pad.top, width - pad.left - pad.right, height - pad.top - pad.bottom);
    context.clip();
    for (const mark of run.marks) {
      context.fillStyle = style(mark.severity === "error" ? "--error-wash" : "--warning-wash");
      context.fillRect(x(mark.from), pad.top, Math.max(2, x(mark.to) - x(mark.from)), height);
    }
    context.restore();

    context.strokeStyle = style("--grid");
    context.fillStyle = style("--dim");
    context.lineWidth = 1;
    context.textAlign = "right";
    context.textBaseline = "middle";
    for (const t of spec.log ? logTicks(low, high) : ticks(low, high, 5)) {
      context.beginPath();
      context.moveTo(pad.left, y(t));
      context.lineTo(width - pad.right, y(t));
      context.stroke();
      context.fillText(label(spec.log ? Math.pow(10, t) : t), pad.left - 6, y(t));
    }
    context.textAlign = "center";
    context.textBaseline = "top";
    const places = ticks(view.low, view.high, Math.max(2, Math.floor(width / 95)));
    context.fillText(run.unit, pad.left - 34, height - pad.bottom + 6);
    for (const t of places) {
      context.fillText(t.toLocaleString("en-US"), x(t), height - pad.bottom + 6);
    }

    context.save();
    context.beginPath();
    context.rect(pad.left, pad.top, width - pad.left - pad.right, height - pad.top - pad.bottom);
    context.clip();
    for (const level of spec.levels) {
      context.strokeStyle = style(level.color);
      context.setLineDash([5, 4]);
      context.lineWidth = 1.2;
      context.beginPath();
      context.moveTo(pad.left, y(level.value));
      context.lineTo(width - pad.right, y(level.value));
      context.stroke();
    }
    for (const line of spec.lines) {
      context.strokeStyle = style(line.color);
      context.setLineDash(line.dashed ? [5, 4] : []);
      context.lineWidth = line.thin ? 0.8 : 2;
      context.beginPath();
      let pen = false;
      line.y.forEach((v, i) => {
        if (v === null || (spec.log && !(v > 0))) { pen = false; return; }
        const place = [x(run.step[i]), y(value(v))];
        if (pen) context.lineTo(place[0], place[1]); else context.moveTo(place[0], place[1]);
        pen = true;
      });
      context.stroke();
    }
    context.restore();
    context.setLineDash([]);
    if (drag) {
      context.fillStyle = style("--select");
      context.fillRect(Math.min(drag.from, drag.to), pad.top, Math.abs(drag.to - drag.from), height - pad.top - pad.bottom);
    }
    if (hover !== null && run.step.length > 0) {
      const row = nearest(hover);
      context.strokeStyle = style("--dim");
      context.beginPath();
      context.moveTo(x(run.step[row]), pad.top);
      context.lineTo(x(run.step[row]), height - pad.bottom);
      context.stroke();
      tell(run.unit + " " + run.step[row].toLocaleString("en-US"), (line) => (line.y[row] === null ? "\u2013" : label(line.y[row])));
    } else tell("", () => "");
  }

  function tell(place, say) {
    canvas.parentNode.querySelector("output").textContent = place;
    canvas.parentNode.querySelectorAll("[data-value]").forEach((cell, i) => { cell.textContent = say(spec.lines[i]); });
  }
  function stepAt(pixel) {
    const { width } = box();
    return view.low + ((pixel - pad.left) / (width - pad.left - pad.right)) * (view.high - view.low);
  }
  function nearest(pixel) {
    const step = stepAt(pixel);
    let best = 0;
    run.step.forEach((s, i) => { if (Math.abs(s - step) < Math.abs(run.step[best] - step)) best = i; });
    return best;
  }
  canvas.addEventListener("pointerdown", (event) => {
    drag = { from: event.offsetX, to: event.offsetX };
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", (event) => {
    hover = event.offsetX;
    if (drag) drag.to = event.offsetX;
    draw();
  });
  canvas.addEventListener("pointerup", () => {
    if (drag && Math.abs(drag.to - drag.from) > 5) {
      const ends = [stepAt(drag.from), stepAt(drag.to)].sort((a, b) => a - b);
      view.low = Math.max(run.step[0], ends[0]);
      view.high = Math.min(run.step[run.step.length - 1], ends[1]);
    }
    drag = null;
    redrawAll();
  });
  canvas.addEventListener("pointercancel", () => { drag = null; hover = null; redrawAll(); });
  canvas.addEventListener("pointerleave", () => { hover = null; draw(); });
  canvas.addEventListener("dblclick", () => { view.low = run.step[0]; view.high = run.step[run.step.length - 1]; redrawAll(); });
  return draw;
}

runs.forEach((run, index) => {
  if (run.step.length < 2) return;
  const view = { low: run.step[0], high: run.step[run.step.length - 1] };
  const draws = [];
  const redrawAll = () => draws.forEach((draw) => draw());
  run.figures.forEach((spec, k) => {
    const canvas = document.getElementById("figure-" + index + "-" + k);
    draws.push(figure(canvas, run, spec, view, redrawAll));
  });
  new ResizeObserver(redrawAll).observe(document.getElementById("run-" + index));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redrawAll);
  redrawAll();
});
`;
