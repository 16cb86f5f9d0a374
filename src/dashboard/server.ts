// The dashboard as a server: a folder in, an address out.

import { statSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { TemperedError } from "../errors.ts";
import { isLoopback } from "./access.ts";
import { dashboardApp } from "./app.ts";
import { LiveRuns } from "./live-runs.ts";
import { builtPage, pageFiles } from "./page-files.ts";

export class DashboardError extends TemperedError {}

export interface DashboardOptions {
  /** Folder whose runs, and those of all folders below, are shown. */
  readonly folder: string;
  /** Default "127.0.0.1", this machine alone. */
  readonly host?: string;
  /** Default 7777; 0 takes any free one. */
  readonly port?: number;
  /** Asked for in the browser where given; needed for hosts other than this machine. */
  readonly token?: string | undefined;
  /** Folder of the built page; default the package's own. */
  readonly page?: string;
}

export interface Dashboard {
  /** With the token, where there is one. */
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/** As short as can be remembered, too long to be guessed. */
const MIN_TOKEN = 8;
export const DEFAULT_PORT = 7777;

/**
 * @throws DashboardError `DASHBOARD_FOLDER` where the folder is none, `DASHBOARD_TOKEN` where a token is missing or
 * short, `DASHBOARD_PORT` where the address cannot be had; PageError where the page was not built
 */
export async function startDashboard(options: DashboardOptions): Promise<Dashboard> {
  const { folder, host = "127.0.0.1", port = DEFAULT_PORT, token, page = builtPage("watch") } = options;
  checkFolder(folder);
  checkToken(host, token);
  const runs = new LiveRuns(folder);
  const app = dashboardApp({ runs, page: pageFiles(page), host, token });
  const server = createAdaptorServer({ fetch: app.fetch });
  await new Promise<void>((started, failed) => {
    server.once("error", (error: NodeJS.ErrnoException) => failed(portError(error, host, port)));
    server.listen(port, host, () => started());
  });
  const { port: taken } = server.address() as AddressInfo;
  const shown = host === "0.0.0.0" || host === "::" ? "localhost" : host.includes(":") ? `[${host}]` : host;
  const query = token === undefined ? "" : `?token=${encodeURIComponent(token)}`;
  return {
    url: `http://${shown}:${taken}/${query}`,
    port: taken,
    close: async () => {
      runs.stop();
      await new Promise<void>((closed) => {
        server.close(() => closed());
        if ("closeAllConnections" in server) server.closeAllConnections();
      });
    },
  };
}

function checkFolder(folder: string): void {
  let found: string;
  try {
    if (statSync(folder).isDirectory()) return;
    found = "a file";
  } catch {
    found = "nothing";
  }
  throw new DashboardError(
    "DASHBOARD_FOLDER",
    `Expected a folder with runs at ${folder}, found ${found}. Give the folder that your program logs into.`,
  );
}

function checkToken(host: string, token: string | undefined): void {
  if (token === undefined && isLoopback(host)) return;
  if (token !== undefined && token.length >= MIN_TOKEN) return;
  const came = token === undefined ? "none" : `one of ${token.length}`;
  throw new DashboardError(
    "DASHBOARD_TOKEN",
    `Expected a token of at least ${MIN_TOKEN} characters${isLoopback(host) ? "" : ` for ${host}, which other machines can reach`}; got ${came}. Give --token T, or leave out --host.`,
  );
}

function portError(error: NodeJS.ErrnoException, host: string, port: number): Error {
  if (error.code !== "EADDRINUSE" && error.code !== "EACCES" && error.code !== "EADDRNOTAVAIL") return error;
  const why = {
    EADDRINUSE: "it is taken",
    EACCES: "it is not allowed",
    EADDRNOTAVAIL: "it is not of this machine",
  };
  return new DashboardError(
    "DASHBOARD_PORT",
    `Expected to listen on ${host}:${port}, but ${why[error.code]}. Choose another with --port P (0 takes any).`,
    { cause: error },
  );
}
