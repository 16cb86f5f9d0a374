#!/usr/bin/env node
// The command line's entry.

import { run } from "@stricli/core";
import { appFor, exitCodeOf } from "./app.ts";
import type { CliContext } from "./context.ts";
import { guardOutput } from "./output.ts";
import { guardStrays } from "./stray-errors.ts";

const { stdout, stderr, env } = process;
guardOutput([stdout, stderr]);
guardStrays(stderr);
const context: CliContext = { process: { stdout, stderr, env, exitCode: null } };
const args = process.argv.slice(2);
await run(await appFor(args), args, context);
process.exitCode = exitCodeOf(context.process.exitCode) || process.exitCode || 0;
// Timers and sockets of somebody's environment do not keep a command that is over.
setTimeout(() => process.exit(), 1000).unref();
