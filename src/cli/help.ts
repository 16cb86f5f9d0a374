// Help worth reading: what a command does, its flags in groups with their units and defaults, and examples. The
// library's own layout puts every flag on one line; this one breaks lines at the width of the terminal.

import type { Command } from "@stricli/core";
import pc from "picocolors";
import type { CliContext } from "./context.ts";
import { flagSpelling } from "./flag-spelling.ts";

export interface Help {
  /** What follows the command's name, such as "ENV [flags]". */
  readonly usage: string;
  /** Paragraphs. */
  readonly about: readonly string[];
  /** Titles and the names of their flags; the flags in no group come last, under "Flags". */
  readonly groups?: Readonly<Record<string, readonly string[]>>;
  /** What is typed after the command's name, and why. */
  readonly examples: readonly (readonly [string, string])[];
}

interface FlagText {
  readonly brief: string;
  readonly kind: string;
  readonly placeholder?: string;
}

const MAX_WIDTH = 100;
/** Columns that a description wants beside its flag. */
const MIN_TEXT = 40;

/** The command with this help. */
export function withHelp(command: Command<CliContext>, help: Help): Command<CliContext> {
  const flags = (command.parameters.flags ?? {}) as Record<string, FlagText>;
  return {
    ...command,
    formatHelp: ({ prefix, ansiColor }) => {
      const width = Math.min(process.stdout.columns || MAX_WIDTH, MAX_WIDTH);
      return `${page(prefix.join(" "), help, flags, width, pc.createColors(ansiColor)).join("\n")}\n`;
    },
  };
}

function page(
  name: string,
  { usage, about, groups = {}, examples }: Help,
  flags: Readonly<Record<string, FlagText>>,
  width: number,
  color: ReturnType<typeof pc.createColors>,
): string[] {
  const grouped = new Set(Object.values(groups).flat());
  const rest = Object.keys(flags).filter((flag) => !grouped.has(flag));
  const sections = Object.entries({ ...groups, ...(rest.length > 0 && { Flags: rest }) });
  const widest = 4 + Math.max(...Object.entries(flags).map(([flag, text]) => flagUsage(flag, text).length));
  // Where the flags leave too little room beside them, what they mean stands below.
  const isNarrow = width - widest < MIN_TEXT;
  const column = isNarrow ? 6 : widest;
  return [
    `${color.bold(name)} ${usage}`,
    "",
    ...about.flatMap((paragraph) => [...wrapped(paragraph, width), ""]),
    ...sections.flatMap(([title, names]) => [
      color.bold(title),
      ...names.flatMap((flag) => {
        const text = flags[flag]!;
        if (isNarrow) {
          const told = wrapped(text.brief, width - column).map((line) => " ".repeat(column) + line);
          return [color.cyan(`  ${flagUsage(flag, text)}`), ...told];
        }
        const [first = "", ...more] = wrapped(text.brief, width - column);
        const label = `  ${flagUsage(flag, text)}`.padEnd(column);
        return [`${color.cyan(label)}${first}`, ...more.map((line) => " ".repeat(column) + line)];
      }),
      "",
    ]),
    color.bold("Examples"),
    ...examples.flatMap(([input, why]) => [
      `  ${name} ${input}`,
      ...wrapped(why, width - 4).map((line) => `    ${color.dim(line)}`),
    ]),
  ];
}

function flagUsage(flag: string, { kind, placeholder }: FlagText): string {
  const name = `--${flagSpelling(flag)}`;
  return kind === "boolean" ? name : `${name} ${placeholder ?? "X"}`;
}

/** Lines of whole words, at most `width` wide where the words allow it. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}
