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
  const { token: _, tokenFile: __, ...options } = flags;
  const token = await asInput(() => tokenOf(flags, env));
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

/**
 * The word to ask for: of a file, a flag, or TEMPERED_TOKEN, which no list of processes shows; "none" is none. Every user of a
 * machine reaches its loopback address, so that a random one is the default where others are at work.
 * @throws BadInput (DASHBOARD_TOKEN) for a file that cannot be read
 */
export function tokenOf({ token, tokenFile }: WatchFlags, env: Variables): string | undefined {
  const chosen = tokenFile === undefined ? (token ?? env.TEMPERED_TOKEN) : tokenIn(tokenFile);
  if (chosen === "none") return undefined;
  return chosen ?? (isShared(env) ? randomBytes(12).toString("base64url") : undefined);
}

type Variables = Readonly<Partial<Record<string, string>>>;

/** Whether others are at work on this machine too: it was entered from afar, or somebody else is logged in. */
function isShared(env: Variables): boolean {
  if (env.SSH_CONNECTION) return true;
  try {
    const own = process.getuid?.();
    return readdirSync("/run/user").some((user) => Number(user) >= 1000 && Number(user) !== own);
  } catch {
    return false;
  }
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
