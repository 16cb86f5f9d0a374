// The Python in what was pasted: a notebook's code cells, a fenced block, a session with its prompts.

export function plainPython(text: string, notebook: boolean): string {
  const cells = notebook || /^\s*\{[\s\S]*"cells"/.test(text.slice(0, 2000)) ? cellsOf(text) : undefined;
  const code = cells ?? text;
  const fenced = [...code.matchAll(/^```\w*\n([\s\S]*?)^```/gm)].map((match) => match[1]!);
  const inside = fenced.length > 0 && /^```/.test(code.trimStart()) ? fenced.join("\n") : code;
  return inside
    .replaceAll("\r\n", "\n")
    .replace(/^(>>>|\.\.\.) ?/gm, "")
    .replace(/^[%!].*$/gm, "");
}

function cellsOf(text: string): string | undefined {
  try {
    const { cells } = JSON.parse(text) as { cells?: { cell_type?: string; source?: string | string[] }[] };
    return cells
      ?.filter((cell) => cell?.cell_type === "code")
      .map(({ source }) => (Array.isArray(source) ? source.join("") : String(source ?? "")))
      .join("\n");
  } catch {
    return undefined;
  }
}
