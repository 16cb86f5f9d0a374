import { describe, expect, it } from "vitest";
import { brailleChart } from "./braille-chart.ts";

const text = (cells: ReturnType<typeof brailleChart>) =>
  cells.map((row) => row.map(({ character }) => character).join(""));

describe("a chart in Braille", () => {
  it("draws a rising line from the lower left to the upper right", () => {
    // 4 columns of dots, 4 rows: one dot a column, each one row higher.
    const points = [0, 1, 2, 3].map((i) => ({ x: (i + 0.5) / 4, y: i }));
    expect(text(brailleChart(points, { width: 2, height: 1, low: 0, high: 3 }))).toEqual(["⡠⠊"]);
  });

  it("keeps a jump connected and bridges a gap", () => {
    const points = [
      { x: 0, y: 0 },
      { x: 0.3, y: Number.NaN },
      { x: 0.3, y: 3 },
    ];
    expect(text(brailleChart(points, { width: 2, height: 1, low: 0, high: 3 }))).toEqual(["⡸ "]);
    const apart = [
      { x: 0, y: 1 },
      { x: 0.99, y: 1 },
    ];
    expect(text(brailleChart(apart, { width: 2, height: 1, low: 1, high: 1 }))).toEqual(["⠤⠤"]);
  });

  it("dots the guide behind the curve and marks its cells", () => {
    const guide = [0, 1, 2, 3].map((i) => ({ x: (i + 0.5) / 4, y: 0 }));
    const [row] = brailleChart([{ x: 0, y: 1 }], { width: 2, height: 1, low: 0, high: 1, guide });
    expect(row).toEqual([
      { character: "⠁", isGuide: false },
      { character: "⡀", isGuide: true },
    ]);
  });
});
