// Drawing in small portions: what is due is drawn in the next frames, each given a share of its frame and no more, so
// that many charts changing at once never freeze the page. What a drawing costs the browser after it has returned, when
// the canvas is painted, no clock tells: it is reckoned by the points of its lines.

const BUDGET_MS = 10;
const BUDGET_POINTS = 6000;

/** Returns how many points it drew. */
export type Drawing = () => number;

const due = new Set<Drawing>();
let requested = false;

/** Runs `draw` in one of the next frames; once, however often it is asked for before. */
export function draw(task: Drawing): void {
  due.add(task);
  if (requested) return;
  requested = true;
  requestAnimationFrame(frame);
}

export function cancelDraw(task: Drawing): void {
  due.delete(task);
}

function frame(): void {
  const start = performance.now();
  let points = 0;
  for (const task of due) {
    due.delete(task);
    points += task();
    if (points > BUDGET_POINTS || performance.now() - start > BUDGET_MS) break;
  }
  requested = due.size > 0;
  if (requested) requestAnimationFrame(frame);
}
