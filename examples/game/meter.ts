// A number that changes, with the line that it has drawn so far, and one more line for what it is to reach.

export interface MeterOptions {
  /** Of the element that holds `<strong>` and `<svg>`. */
  readonly element: HTMLElement;
  readonly digits: number;
  readonly logarithmic?: boolean;
}

const WIDTH = 240;
const HEIGHT = 56;
/** Points that the line is made of; when there are twice as many, every second goes. */
const POINTS = 200;

export class Meter {
  private readonly options: MeterOptions;
  private values: number[] = [];

  constructor(options: MeterOptions) {
    this.options = options;
    this.clear();
  }

  clear(): void {
    this.values = [];
    this.part("strong").textContent = "–";
    this.part("svg").replaceChildren();
  }

  /** @param target what it is to reach */
  add(value: number, target?: number): void {
    const { digits, logarithmic } = this.options;
    if (!Number.isFinite(value)) return;
    this.part("strong").textContent = value.toFixed(digits).replace("-", "−");
    this.values.push(logarithmic ? Math.log(value) : value);
    if (this.values.length >= 2 * POINTS) this.values = this.values.filter((_, i) => i % 2 === 1);
    this.draw(target);
  }

  private draw(target: number | undefined): void {
    const all = target === undefined ? this.values : [...this.values, target];
    const [low, high] = [Math.min(...all), Math.max(...all)];
    const y = (value: number) => HEIGHT - 4 - ((value - low) / (high - low || 1)) * (HEIGHT - 8);
    const x = (i: number) => (i / Math.max(this.values.length - 1, 1)) * WIDTH;
    const line = this.values
      .map((value, i) => `${i === 0 ? "M" : "L"}${x(i).toFixed(1)} ${y(value).toFixed(1)}`)
      .join("");
    const aim = target === undefined ? "" : `<path class="aim" d="M0 ${y(target)}H${WIDTH}"/>`;
    this.part("svg").innerHTML = `${aim}<path class="line" d="${line}"/>`;
  }

  private part(name: string): Element {
    return this.options.element.querySelector(name)!;
  }
}
