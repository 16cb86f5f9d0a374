// Numbers as people read them in a terminal: few digits, a real minus, thousands apart.

const MINUS = "−";

/** Three significant digits or so, and at least three decimals below 1: 0.214, 0.00773, 0.020, −12.3, 1,234, 1.2e-5. */
export function short(value: number): string {
  if (Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : `${MINUS}∞`;
  const size = Math.abs(value);
  const text =
    size === 0
      ? "0"
      : size < 9.995e-4
        ? size.toExponential(1)
        : size < 1
          ? size.toFixed(size < 0.00995 ? 5 : size < 0.0995 ? 4 : 3).replace(/(\.\d{3})0+$/, "$1")
          : size < 10
            ? size.toFixed(2)
            : size < 1000
              ? size.toFixed(1)
              : size < 1e7
                ? grouped(size)
                : size.toExponential(2);
  return value < 0 ? MINUS + text : text;
}

/**
 * Of a text that is read, not pasted: hyphens before numbers become minus signs, and no line ends between a minus and
 * its bracket or within H − H̄.
 */
export function realMinus(text: string): string {
  return text
    .replace(/(^|[\s(=×·/[…])-(?=\.?\d)/g, `$1${MINUS}`)
    .replaceAll(`${MINUS}(`, `${MINUS}\u2060(`)
    .replaceAll(`H ${MINUS} `, `H\u00a0${MINUS}\u00a0`);
}

/** With its sign, also where it is positive. */
export function signed(value: number): string {
  return value > 0 ? `+${short(value)}` : short(value);
}

/** Two numbers with equally many digits, enough to show that they differ: 3.2516 and 3.2483. */
export function alike(a: number, b: number): [string, string] {
  const size = Math.max(Math.abs(a), Math.abs(b));
  if (!(size > 0) || !Number.isFinite(size)) return [short(a), short(b)];
  const lead = Math.floor(Math.log10(size));
  const apart = a === b ? lead - 2 : Math.floor(Math.log10(Math.abs(a - b)) + 1e-6) - 1;
  const decimals = Math.min(Math.max(-apart, 2 - lead, 0), 12);
  const text = (value: number) =>
    lead < -3 || lead > 6
      ? value.toExponential(Math.min(decimals + lead, 12))
      : value.toFixed(Math.min(decimals, 9));
  return [text(a).replace(/^-/, MINUS), text(b).replace(/^-/, MINUS)];
}

/** A whole number with its thousands apart. An Intl formatter would take a tenth of the doctor's time to make. */
export function grouped(value: number): string {
  const whole = String(Math.round(value));
  return Math.abs(value) < 1e21 ? whole.replace(/\B(?=(\d{3})+$)/g, ",") : whole;
}

/** 0:07, 12:34, 1:02:03. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (n: number) => String(n).padStart(2, "0");
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}
