// `tempered lab`: serves the built page on this machine until it is interrupted.

import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { getRequestListener } from "@hono/node-server";
import { packageFile } from "../../training/versions.ts";
import { asInput, BadInput } from "../bad-input.ts";
import type { CliContext } from "../context.ts";
import { catchInterruption } from "../train/interruption.ts";
import { labSite } from "./site.ts";

export interface LabFlags {
  readonly port?: number;
}

const USUAL_PORT = 7370;
/** Ports tried from the usual one up. */
const ATTEMPTS = 20;

export default async function lab(this: CliContext, { port }: LabFlags): Promise<void> {
  const site = await asInput(() => labSite(join(dirname(packageFile()), "dist", "lab")));
  const server = createServer(getRequestListener(site.fetch));
  const listen = async (at: number) => {
    server.listen(at, "127.0.0.1");
    await once(server, "listening");
  };
  await (port === undefined ? listenFrom(USUAL_PORT, listen) : asInput(() => listenAt(port, listen)));
  const { port: taken } = server.address() as AddressInfo;
  this.process.stdout.write(`tempered lab: http://127.0.0.1:${taken}/   (Ctrl-C ends it)\n`);

  const interruption = catchInterruption();
  try {
    if (!interruption.signal.aborted) await once(interruption.signal, "abort");
  } finally {
    interruption.stop();
    server.closeAllConnections();
    server.close();
  }
}

async function listenAt(port: number, listen: (port: number) => Promise<void>): Promise<void> {
  try {
    await listen(port);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "EADDRINUSE") throw cause;
    throw new BadInput(
      "PORT_IN_USE",
      `Expected port ${port} to be free, but something listens there; choose another, or leave --port out`,
      { cause },
    );
  }
}

async function listenFrom(first: number, listen: (port: number) => Promise<void>): Promise<void> {
  for (let port = first; port < first + ATTEMPTS; port++) {
    try {
      return await listen(port);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    }
  }
  await listen(0);
}
