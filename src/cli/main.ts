#!/usr/bin/env node
// The command line's entry.

import { run } from "@stricli/core";
import { app, exitCodeOf } from "./app.ts";
import type { CliContext } from "./context.ts";

const { stdout, stderr, env } = process;
const context: CliContext = { process: { stdout, stderr, env, exitCode: null } };
await run(app, process.argv.slice(2), context);
process.exitCode = exitCodeOf(context.process.exitCode);
