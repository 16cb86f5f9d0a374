// The program in what was pasted: a notebook's code cells, a fenced block, a session with its prompts. Lines keep their
// numbers, so that a finding stands where the user looks.

export interface Plain {
  readonly text: string;
  /** In a notebook, the line of the text on which each code cell starts, from 1, and its place among all cells. */
  readonly cells: readonly { readonly line: number; readonly cell: number }[];
}

export function plainSource(text: string, notebook: boolean): Plain {
  const found = notebook || /^\s*\{[\s\S]*"cells"/.test(text.slice(0, 2000)) ? cellsOf(text) : undefined;
  const code = (found?.text ?? text).replaceAll("\r\n", "\n");
  const plain = outsideFencesBlank(code)
    .replace(/^(>>>|\.\.\.) ?/gm, "")
    .replace(/^[%!].*$/gm, "")
    // Such a line is data, or a program made by a program.
    .replace(/^.{2001,}$/gm, "");
  return { text: plain, cells: found?.cells ?? [] };
}

function outsideFencesBlank(code: string): string {
  if (!/^```/m.test(code)) return code;
  let inside = false;
  return code
    .split("\n")
    .map((line) => {
      if (line.startsWith("```")) {
        inside = !inside;
        return "";
      }
      return inside ? line : "";
    })
    .join("\n");
}

function cellsOf(text: string): Plain | undefined {
  try {
    const { cells } = JSON.parse(text) as { cells?: { cell_type?: string; source?: string | string[] }[] };
    if (!cells) return undefined;
    const starts: { line: number; cell: number }[] = [];
    const lines: string[] = [];
    for (const [at, cell] of cells.entries()) {
      if (cell?.cell_type !== "code") continue;
      starts.push({ line: lines.length + 1, cell: at + 1 });
      const source = Array.isArray(cell.source) ? cell.source.join("") : String(cell.source ?? "");
      lines.push(...source.split("\n"));
    }
    return { text: lines.join("\n"), cells: starts };
  } catch {
    return undefined;
  }
}
