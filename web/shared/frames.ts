// Drawing in small portions: what is due is drawn in the next frames, each given a share of its frame and no more, so
// that many charts changing at once never freeze the page.

const BUDGET_MS = 10;

const due = new Set<() => void>();
let requested = false;

/** Runs `draw` in one of the next frames; once, however often it is asked for before. */
export function draw(task: () => void): void {
  due.add(task);
  if (requested) return;
  requested = true;
  requestAnimationFrame(frame);
}

export function cancelDraw(task: () => void): void {
  due.delete(task);
}

function frame(): void {
  const start = performance.now();
  for (const task of due) {
    due.delete(task);
    task();
    if (performance.now() - start > BUDGET_MS) break;
  }
  requested = due.size > 0;
  if (requested) requestAnimationFrame(frame);
}
