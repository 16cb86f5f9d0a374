// The program `tempered`: its commands, and how errors are told. A new command is one line in `routes`.

import {
  ArgumentScannerError,
  buildApplication,
  buildRouteMap,
  formatMessageForArgumentScannerError,
  text_en,
} from "@stricli/core";
import pc from "picocolors";
import { TemperedError } from "../errors.ts";
import { BadInput } from "./bad-input.ts";
import { train } from "./commands/train.ts";
import { watch } from "./commands/watch.ts";
import type { CliContext } from "./context.ts";
import { ownVersion } from "./versions.ts";

const routes = { train, watch };

const root = buildRouteMap<keyof typeof routes, CliContext>({
  routes,
  docs: {
    brief: "Soft Actor-Critic whose entropy temperature can be seen, trusted and repaired",
    fullDescription: [
      "Soft Actor-Critic whose entropy temperature α can be seen, trusted and repaired.",
      "",
      "  tempered train Pendulum-v1             train an agent and watch α while it learns",
      "  tempered eval runs/…                   how good it is",
      "  tempered COMMAND --help                flags, defaults and examples",
      "",
      "Exit codes: 0 fine, 1 a run failed, 2 bad usage or unreadable input. TEMPERED_DEBUG=1 shows stack traces.",
    ].join("\n"),
  },
});

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
  if (!(error instanceof Error)) return String(error);
  if (process.env.TEMPERED_DEBUG) return error.stack ?? error.message;
  const expected = error instanceof TemperedError || "syscall" in error;
  return expected ? error.message : `${error.name}: ${error.message} (a bug? TEMPERED_DEBUG=1 shows where)`;
}

function usageMessage(error: unknown): string {
  if (!(error instanceof ArgumentScannerError)) return messageOf(error);
  return formatMessageForArgumentScannerError(error, {
    FlagNotFoundError: ({ input, corrections }) => {
      const names = corrections.map((name) => `--${name}`);
      return `there is no flag --${input}; ${names.length > 0 ? suggestion(names) : "--help lists them"}`;
    },
    ArgumentParseError: ({ externalFlagNameOrPlaceholder: name, exception }) =>
      `--${name}: ${exception instanceof Error ? exception.message : String(exception)}`,
  });
}

function suggestion(names: readonly string[]): string {
  return names.length === 1 ? `did you mean ${names[0]}?` : `did you mean one of ${names.join(", ")}?`;
}
