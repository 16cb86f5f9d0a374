// What a command gets from the program around it: the streams it writes to, and the environment's variables.

import type { ApplicationContext, StricliProcess } from "@stricli/core";

export interface CliContext extends ApplicationContext {
  readonly process: StricliProcess & {
    readonly stdout: NodeJS.WriteStream;
    readonly stderr: NodeJS.WriteStream;
  };
}
