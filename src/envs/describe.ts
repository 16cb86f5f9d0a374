// A value of any kind as a reader of an error message recognises it.

/** Never throws, whatever the value is. */
export function describe(value: unknown): string {
  try {
    return told(value);
  } catch {
    return "a value that cannot be shown";
  }
}

/** Whether something thrown is an error, with a message to read; anything may be thrown. */
export function isError(thrown: unknown): thrown is Error {
  try {
    return thrown instanceof Error || Object.prototype.toString.call(thrown) === "[object Error]";
  } catch {
    return false;
  }
}

/** `describe`, and of an error where in somebody's code it was thrown. */
export function describeWithPlace(thrown: unknown): string {
  const place = placeOf(thrown);
  return place === undefined ? describe(thrown) : `${describe(thrown)} (at ${place})`;
}

/** The file, line and column that an error's stack names first; undefined where it names none. */
export function placeOf(thrown: unknown): string | undefined {
  try {
    const lines = isError(thrown) ? String(thrown.stack).split("\n") : [];
    const path = String.raw`(?:file://)?((?:https?://|/|[A-Za-z]:[\\/]).*?:\d+`;
    // What cannot be parsed stands in the first line, before the message.
    const frame = new RegExp(String.raw`^(?:\s+at (?:.*\()?${path}:\d+)\)?|${path}))$`);
    for (const line of lines) {
      const found = frame.exec(line);
      if (found) return found[1] ?? found[2];
    }
    return undefined;
  } catch {
    return undefined;
  }
}

function told(value: unknown): string {
  if (isError(value)) return `${value.name}: ${value.message}`;
  if (typeof value === "function") return value.name === "" ? "a function" : `the function ${value.name}`;
  if (typeof value === "string")
    return `the string "${value.length > 40 ? `${value.slice(0, 40)}…` : value}"`;
  if (Array.isArray(value)) {
    const items = value
      .slice(0, 4)
      .map((item) =>
        Array.isArray(item) ? "[…]" : typeof item === "string" ? JSON.stringify(item) : String(item),
      );
    return `an Array [${items}${value.length > 4 ? ", …" : ""}]`;
  }
  if (typeof value === "object" && value !== null)
    return `an object of type ${value.constructor?.name ?? "null"}`;
  return String(value);
}
