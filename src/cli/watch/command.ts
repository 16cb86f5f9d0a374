// `tempered watch`: serves the dashboard until it is interrupted.

import { randomBytes } from "node:crypto";
import { readdirSync } from "node:fs";
import { isLoopback } from "../../dashboard/access.ts";
import { startDashboard } from "../../dashboard/server.ts";
import { readPlainFile } from "../../files/plain-file.node.ts";
import { asInput, BadInput } from "../bad-input.ts";
import type { CliContext } from "../context.ts";
import { catchInterruption } from "../train/interruption.ts";

export interface WatchFlags {
  readonly port?: number;
  readonly host?: string;
  readonly token?: string;
  readonly tokenFile?: string;
}

const OPEN = "Other users of this machine can open it too; TEMPERED_TOKEN=WORD asks for a word.\n";

export default async function watch(this: CliContext, flags: WatchFlags, folder = "."): Promise<void> {
  const { stdout, stderr, env = {} } = this.process;
  const { tokenFile, token: given = env.TEMPERED_TOKEN, ...options } = flags;
  const chosen = tokenFile === undefined ? given : await asInput(() => tokenIn(tokenFile));
  // Every user of a machine reaches its loopback address.
  const token = chosen === "none" ? undefined : (chosen ?? (isShared(env) ? randomToken() : undefined));
  if (flags.host !== undefined && !isLoopback(flags.host)) {
    stderr.write(
      `warning: ${flags.host} can be reached from other machines; whoever has the token sees every run.\n`,
    );
  }
  const dashboard = await asInput(() => startDashboard({ folder, ...options, token }));
  const interruption = catchInterruption();
  stdout.write(`Watching ${folder} at ${dashboard.url}\n${token === undefined ? OPEN : ""}Ctrl-C ends it.\n`);
  await new Promise((stop) => interruption.signal.addEventListener("abort", stop, { once: true }));
  interruption.stop();
  await dashboard.close();
}

/** Whether others are at work on this machine too: it was entered from afar, or somebody else is logged in. */
function isShared(env: Readonly<Partial<Record<string, string>>>): boolean {
  if (env.SSH_CONNECTION) return true;
  try {
    const own = process.getuid?.();
    return readdirSync("/run/user").some((user) => Number(user) >= 1000 && Number(user) !== own);
  } catch {
    return false;
  }
}

function randomToken(): string {
  return randomBytes(12).toString("base64url");
}

/** @throws BadInput (DASHBOARD_TOKEN) */
function tokenIn(file: string): string {
  try {
    return new TextDecoder().decode(readPlainFile(file, 4096)).trim();
  } catch (cause) {
    throw new BadInput("DASHBOARD_TOKEN", `Expected a token in ${file}, got: ${(cause as Error).message}`, {
      cause,
    });
  }
}
