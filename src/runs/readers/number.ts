// Numbers as programs print them: 1e-3, nan, -inf, [0.98], tensor(0.98), "0,98" in tables that separate by semicolons.

const WRAPPED = /^(?:tensor|array|np\.float(?:16|32|64))?[([]+\s*([^\s,()[\]]+)/;

/** @returns undefined where the cell is empty or no number; NaN only where it says so */
export function parseNumber(cell: string): number | undefined {
  const text = cell.trim();
  if (text === "") return undefined;
  const value = Number(text);
  if (!Number.isNaN(value)) return value;
  switch (text.toLowerCase()) {
    case "nan":
    case "+nan":
    case "-nan":
      return Number.NaN;
    case "inf":
    case "+inf":
    case "infinity":
      return Number.POSITIVE_INFINITY;
    case "-inf":
    case "-infinity":
      return Number.NEGATIVE_INFINITY;
  }
  const inner = WRAPPED.exec(text)?.[1];
  return inner === undefined ? undefined : parseNumber(inner);
}
