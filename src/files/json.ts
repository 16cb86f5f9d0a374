// JSON that somebody else may have made: not nested without end, and what is wrong with it told in one line.

/** Deeper than anything of ours; what follows a value's parts by calling itself would not end well. */
const DEPTH = 100;

/**
 * @param name what is told of it
 * @throws Error of one line where it is no JSON
 */
export function jsonOf(bytes: Uint8Array, name: string): unknown {
  if (isDeep(bytes)) throw new Error(`${name} is nested more than ${DEPTH} deep`);
  const text = new TextDecoder().decode(bytes);
  try {
    return JSON.parse(text);
  } catch (cause) {
    // The parser quotes what it has found, line ends and all.
    const why = (cause as Error).message.replace(/\s+/g, " ").slice(0, 200);
    throw new Error(`${name} is no whole JSON (${why})`, { cause });
  }
}

function isDeep(json: Uint8Array): boolean {
  let depth = 0;
  let inText = false;
  for (let i = 0; i < json.length; i++) {
    const byte = json[i];
    if (inText && byte === 0x5c) i++;
    else if (byte === 0x22) inText = !inText;
    else if (!inText && (byte === 0x5b || byte === 0x7b) && ++depth > DEPTH) return true;
    else if (!inText && (byte === 0x5d || byte === 0x7d)) depth--;
  }
  return false;
}
