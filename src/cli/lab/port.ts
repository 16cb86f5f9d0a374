// A port as it is given on the command line.

/** @throws Error for anything but an integer from 0 to 65535 */
export function portOf(text: string): number {
  const port = Number(text);
  if (text.trim() !== "" && Number.isInteger(port) && port >= 0 && port <= 65535) return port;
  throw new Error(`Expected a port from 0 to 65535, got "${text}"; leave --port out to have one chosen`);
}
