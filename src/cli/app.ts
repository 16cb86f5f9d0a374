// The program `tempered`: its commands, and how errors are told. A new command is one line in `commands`, and its brief.

import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import {
  type Application,
  ArgumentScannerError,
  buildApplication,
  buildCommand,
  buildRouteMap,
  type Command,
  formatMessageForArgumentScannerError,
  type RouteMap,
  text_en,
} from "@stricli/core";
import pc from "picocolors";
import { describe, isError, placeOf } from "../envs/describe.ts";
import { TemperedError } from "../errors.ts";
import { ownVersion } from "../training/versions.ts";
import { BadInput } from "./bad-input.ts";
import { BRIEFS } from "./commands/briefs.ts";
import type { CliContext } from "./context.ts";
import { flagSpelling } from "./flag-spelling.ts";
import { foreignFlag } from "./foreign-flags.ts";
import { wrapped } from "./help.ts";

type Name = keyof typeof BRIEFS;

/** A command is loaded when it is called. */
const commands: Readonly<Record<Name, () => Promise<Command<CliContext>>>> = {
  train: async () => (await import("./commands/train.ts")).train,
  resume: async () => (await import("./commands/resume.ts")).resume,
  eval: async () => (await import("./commands/eval.ts")).evaluate,
  export: async () => (await import("./commands/export.ts")).exportPolicy,
  import: async () => (await import("./commands/import.ts")).importAgent,
  sweep: async () => (await import("./commands/sweep.ts")).sweep,
  worker: async () => (await import("./commands/worker.ts")).worker,
  compare: async () => (await import("./commands/compare.ts")).compare,
  doctor: async () => (await import("./commands/doctor.ts")).doctor,
  watch: async () => (await import("./commands/watch.ts")).watch,
  lab: async () => (await import("./commands/lab.ts")).lab,
  envs: async () => (await import("./commands/envs.ts")).envs,
  bench: async () => (await import("./commands/bench.ts")).bench,
};

const brief = "Soft Actor-Critic whose entropy temperature α can be seen, trusted and repaired";

const root = (routes: Record<Name, Command<CliContext>>): RouteMap<CliContext> => ({
  ...buildRouteMap<Name, CliContext>({ routes, docs: { brief } }),
  formatHelp: ({ ansiColor }) => {
    const { bold, cyan, dim } = pc.createColors(ansiColor);
    const names = Object.entries(BRIEFS);
    const width = 2 + Math.max(...names.map(([name]) => name.length));
    const columns = Math.min(process.stdout.columns || 100, 100);
    const lines = (text: string, indent = 0) =>
      wrapped(text, columns - indent).join(`\n${" ".repeat(indent)}`);
    return [
      `${bold("tempered")} COMMAND [flags]`,
      "",
      lines(`${brief}.`),
      "",
      bold("Commands"),
      ...names.map(([name, told]) => `  ${cyan(name.padEnd(width))}${lines(told, 2 + width)}`),
      "",
      lines(
        "tempered COMMAND --help tells its flags, defaults and examples; tempered --version its version.",
      ),
      "",
      bold("Examples"),
      "  tempered train Pendulum-v1 --run runs/first",
      "  tempered eval runs/first",
      "  tempered doctor runs/first",
      "",
      dim(
        lines(
          "Exit codes: 0 fine, 1 a run failed or the doctor found a fault, 2 bad usage or unreadable input.",
        ),
      ),
      dim(lines("TEMPERED_DEBUG=1 shows stack traces; NO_COLOR=1 leaves colours out.")),
      "",
    ].join("\n");
  },
});

/** The program as it is called: of its commands only the one that is called is loaded, the others are known by name. */
export async function appFor([called]: readonly string[]): Promise<Application<CliContext>> {
  const names = Object.keys(commands) as Name[];
  const known = names.map(async (name) => [name, await (name === called ? commands[name]() : stub(name))]);
  const routes = Object.fromEntries(await Promise.all(known));
  return buildApplication(root(routes), settings);
}

/** What stands for a command that is not called: its name and its line in the help. */
function stub(name: Name): Command<CliContext> {
  return buildCommand({
    func: () => {},
    parameters: {},
    docs: { brief: BRIEFS[name] },
  });
}

const settings: Parameters<typeof buildApplication<CliContext>>[1] = {
  name: "tempered",
  versionInfo: { currentVersion: ownVersion() },
  scanner: { caseStyle: "allow-kebab-for-camel" },
  determineExitCode: (error) => (error instanceof BadInput ? 2 : 1),
  localization: {
    text: {
      ...text_en,
      exceptionWhileParsingArguments: (error) => told(usageMessage(error)),
      exceptionWhileRunningCommand: (error) => told(messageOf(error)),
      noCommandRegisteredForInput: ({ input, corrections }) => {
        const names = corrections.length > 0 ? corrections : Object.keys(commands);
        return told(`there is no command "${input}"; ${suggestion(names)}`);
      },
    },
  },
};

/** The exit code of the process: the library's own codes all mean bad usage, except for its bugs. */
export function exitCodeOf(code: number | string | null | undefined): number {
  return typeof code !== "number" ? 0 : code < 0 ? 2 : code;
}

function told(message: string): string {
  return `${pc.red("error:")} ${message}`;
}

function messageOf(error: unknown): string {
  if (!isError(error)) return describe(error);
  if (process.env.TEMPERED_DEBUG) return error.stack ?? error.message;
  const expected = error instanceof TemperedError || "syscall" in error;
  if (expected) return error.message;
  const place = placeOf(error);
  const isOurs = place === undefined || place.startsWith(OWN_FILES);
  const where = isOurs ? "a bug? TEMPERED_DEBUG=1 shows where" : `at ${relativePlace(place)}`;
  return `${error.name}: ${error.message} (${where})`;
}

const OWN_FILES = fileURLToPath(new URL("..", import.meta.url));

/** As short as it can be clicked in a terminal. */
function relativePlace(place: string): string {
  const short = relative(process.cwd(), place);
  return short.startsWith("..") ? place : short;
}

function usageMessage(error: unknown): string {
  if (!(error instanceof ArgumentScannerError)) return messageOf(error);
  return formatMessageForArgumentScannerError(error, {
    FlagNotFoundError: ({ input, corrections }) => {
      const foreign = foreignFlag(input);
      if (foreign !== undefined) return `there is no flag --${input}; ${foreign}`;
      const names = corrections.map((name) => `--${flagSpelling(name)}`);
      return `there is no flag --${input}; ${names.length > 0 ? suggestion(names) : "--help lists them"}`;
    },
    ArgumentParseError: ({ externalFlagNameOrPlaceholder: name, exception }) =>
      `--${flagSpelling(name)}: ${exception instanceof Error ? exception.message : String(exception)}`,
  });
}

function suggestion(names: readonly string[]): string {
  return names.length === 1 ? `did you mean ${names[0]}?` : `did you mean one of ${names.join(", ")}?`;
}
