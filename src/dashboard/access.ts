// Who may ask. The page holds what people train, so it is for the browser of the person who started it: names that a
// stranger's domain could take are refused (DNS rebinding), and so are requests that another page caused. Beyond this
// machine, and wherever one is given, a token is asked for.

import { createHash, timingSafeEqual } from "node:crypto";
import { isIP } from "node:net";
import { hostname } from "node:os";
import type { Context, MiddlewareHandler } from "hono";
import { getCookie, setCookie } from "hono/cookie";

export interface AccessOptions {
  /** Address the server listens on. */
  readonly host: string;
  readonly token: string | undefined;
}

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join("; ");

const HEADERS: Readonly<Record<string, string>> = {
  "Content-Security-Policy": POLICY,
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "X-Frame-Options": "DENY",
  "Cache-Control": "no-store",
};

export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** Refuses what did not come from the page itself; puts its headers on every answer. */
export function accessControl({ host, token }: AccessOptions): MiddlewareHandler {
  return async (c, next) => {
    for (const [name, value] of Object.entries(HEADERS)) c.header(name, value);
    const asked = c.req.header("Host") ?? "";
    if (!isOwnName(nameOf(asked), host)) {
      return c.text(
        `This server does not answer to the name ${JSON.stringify(asked)}; open it by its address.\n`,
        403,
      );
    }
    const origin = c.req.header("Origin");
    if (origin !== undefined && !isOwnOrigin(origin, asked))
      return c.text("Another page has no business here.\n", 403);
    const site = c.req.header("Sec-Fetch-Site");
    const opensPage = c.req.header("Sec-Fetch-Mode") === "navigate" && c.req.path === "/";
    if (site !== undefined && site !== "same-origin" && site !== "none" && !opensPage) {
      return c.text("Another page has no business here.\n", 403);
    }
    if (c.req.method !== "GET" && c.req.method !== "HEAD")
      return c.text("There is nothing to change here.\n", 405);
    if (token !== undefined) {
      const refused = admit(c, token);
      if (refused) return refused;
    }
    return next();
  };
}

/** By cookie or header; a token in the address becomes a cookie, so that it does not stay in the address. */
function admit(c: Context, token: string): Response | undefined {
  const name = `tempered_${nameless(c.req.header("Host") ?? "")}`;
  const given = c.req.query("token");
  if (given !== undefined && isSame(given, token)) {
    setCookie(c, name, token, { httpOnly: true, sameSite: "Strict", path: "/" });
    return c.redirect("/");
  }
  const bearer = c.req.header("Authorization")?.match(/^Bearer (.+)$/)?.[1];
  const shown = bearer ?? getCookie(c, name);
  if (shown !== undefined && isSame(shown, token)) return undefined;
  return c.text("This dashboard asks for its token: open /?token=…, as the terminal printed it.\n", 401);
}

/** Cookies know no ports, and two dashboards may run on one machine. */
function nameless(host: string): string {
  return host.match(/:(\d+)$/)?.[1] ?? "80";
}

/** In the same time wherever they differ. */
function isSame(given: string, token: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(token));
}

/** Without the port: a tunnel may come in at another one, and a rebound name stays a name. */
function nameOf(host: string): string {
  const bracketed = host.match(/^\[([^\]]+)\](?::\d+)?$/);
  return (bracketed?.[1] ?? host.replace(/:\d+$/, "")).toLowerCase();
}

function isOwnName(name: string, host: string): boolean {
  if (isLoopback(name)) return true;
  if (isLoopback(host)) return false;
  return isIP(name) !== 0 || name === host.toLowerCase() || name === hostname().toLowerCase();
}

function isOwnOrigin(origin: string, host: string): boolean {
  return origin === `http://${host}` || origin === `https://${host}`;
}
