import { describe, expect, it } from "vitest";
import { LiveRegion } from "./live-region.ts";

class Screen {
  columns = 10;
  rows = 4;
  written: string[] = [];
  write(text: string): void {
    this.written.push(text);
  }
}

describe("a live region", () => {
  it("draws a picture in one write over the one before, line by line", () => {
    const screen = new Screen();
    const region = new LiveRegion(screen);
    region.draw(["a", "b"]);
    region.draw(["c", "d"]);
    expect(screen.written).toHaveLength(2);
    expect(screen.written[0]).toContain("a\u001b[K\nb\u001b[K\n");
    expect(screen.written[1]).toContain("\r\u001b[2Ac\u001b[K\nd\u001b[K\n");
    expect(screen.written[1]).not.toContain("\u001b[2J");
    region.end();
    expect(screen.written.at(-1)).toBe("\u001b[?25h");
  });

  it("never takes more room than there is", () => {
    const screen = new Screen();
    const region = new LiveRegion(screen);
    region.draw(["1", "2", "3", "4", "5", "0123456789abc"]);
    expect(screen.written[0]).toContain("3\u001b[K\n");
    expect(screen.written[0]).not.toContain("4");
    screen.columns = 5;
    region.draw(["0123456789abc"]);
    // Each of the three old lines may have become two.
    expect(screen.written[1]).toContain("\u001b[6A\u001b[J01234\u001b[K\n");
  });

  it("has what others print above it, line by line", () => {
    const screen = new Screen();
    const region = new LiveRegion(screen);
    region.draw(["a", "b"]);
    region.print("a warn");
    expect(screen.written).toHaveLength(1);
    region.print("ing\nand more\nunfini");
    expect(screen.written[1]).toBe("\r\u001b[2A\u001b[Ja warning\nand more\n");
    // The picture comes again below it, over nothing.
    expect(screen.written[2]).toContain("\u001b[?25la\u001b[K\nb\u001b[K\n");
    region.end();
    expect(screen.written.join("")).toContain("unfini\n");
  });
});
