// `tempered watch`: serves the dashboard until it is interrupted.

import { isLoopback } from "../../dashboard/access.ts";
import { startDashboard } from "../../dashboard/server.ts";
import { asInput } from "../bad-input.ts";
import type { CliContext } from "../context.ts";
import { catchInterruption } from "../train/interruption.ts";

export interface WatchFlags {
  readonly port?: number;
  readonly host?: string;
  readonly token?: string;
}

export default async function watch(this: CliContext, flags: WatchFlags, folder = "."): Promise<void> {
  const { stdout, stderr } = this.process;
  if (flags.host !== undefined && !isLoopback(flags.host)) {
    stderr.write(
      `warning: ${flags.host} can be reached from other machines; whoever has the token sees every run.\n`,
    );
  }
  const dashboard = await asInput(() => startDashboard({ folder, ...flags }));
  const interruption = catchInterruption();
  stdout.write(`Watching ${folder} at ${dashboard.url}\nCtrl-C ends it.\n`);
  await new Promise((stop) => interruption.signal.addEventListener("abort", stop, { once: true }));
  interruption.stop();
  await dashboard.close();
}
