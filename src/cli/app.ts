// The program `tempered`: its commands, and how errors are told. A new command is one line in `routes`.

import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import {
  ArgumentScannerError,
  buildApplication,
  buildRouteMap,
  formatMessageForArgumentScannerError,
  type RouteMap,
  text_en,
} from "@stricli/core";
import pc from "picocolors";
import { describe, isError, placeOf } from "../envs/describe.ts";
import { TemperedError } from "../errors.ts";
import { ownVersion } from "../training/versions.ts";
import { BadInput } from "./bad-input.ts";
import { bench } from "./commands/bench.ts";
import { compare } from "./commands/compare.ts";
import { doctor } from "./commands/doctor.ts";
import { envs } from "./commands/envs.ts";
import { evaluate } from "./commands/eval.ts";
import { exportPolicy } from "./commands/export.ts";
import { importAgent } from "./commands/import.ts";
import { lab } from "./commands/lab.ts";
import { resume } from "./commands/resume.ts";
import { sweep } from "./commands/sweep.ts";
import { train } from "./commands/train.ts";
import { watch } from "./commands/watch.ts";
import { worker } from "./commands/worker.ts";
import type { CliContext } from "./context.ts";
import { flagSpelling } from "./flag-spelling.ts";
import { foreignFlag } from "./foreign-flags.ts";
import { wrapped } from "./help.ts";

const routes = {
  train,
  resume,
  eval: evaluate,
  export: exportPolicy,
  import: importAgent,
  sweep,
  worker,
  compare,
  doctor,
  watch,
  lab,
  envs,
  bench,
};

const brief = "Soft Actor-Critic whose entropy temperature α can be seen, trusted and repaired";

const root: RouteMap<CliContext> = {
  ...buildRouteMap<keyof typeof routes, CliContext>({ routes, docs: { brief } }),
  formatHelp: ({ ansiColor }) => {
    const { bold, cyan, dim } = pc.createColors(ansiColor);
    const names = Object.entries(routes);
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
      ...names.map(([name, command]) => `  ${cyan(name.padEnd(width))}${lines(command.brief, 2 + width)}`),
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
};

export const app = buildApplication(root, {
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
        const names = corrections.length > 0 ? corrections : Object.keys(routes);
        return told(`there is no command "${input}"; ${suggestion(names)}`);
      },
    },
  },
});

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
