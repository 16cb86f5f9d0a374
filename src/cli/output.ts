// What happens when nobody reads what we write any more: `tempered … | head`, a full disk behind `>`. A command that only
// tells something ends quietly; a training is told, and ends as it does at Ctrl-C.

let listener: (() => void) | undefined;
let isTold = false;

/** Keeps errors of the process's own streams from ending it. Once, at start-up. */
export function guardOutput(streams: readonly NodeJS.WriteStream[]): void {
  for (const stream of streams) {
    stream.on("error", ({ code }: NodeJS.ErrnoException) => {
      if (code !== "EPIPE") {
        // Such as a full disk: what is computed is worth more than what is told.
        if (!isTold && stream !== process.stderr) {
          isTold = true;
          process.stderr.write(
            `error: the output cannot be written (${code}); what is done goes on without it\n`,
          );
        }
        // After a command's own 0, too, whose last words come to nothing once it is over.
        process.exitCode ||= 1;
        return;
      }
      if (listener) listener();
      else process.exit(0);
    });
  }
}

/** @param closed called when somebody has closed what we write to @returns ends it */
export function whenOutputCloses(closed: () => void): () => void {
  listener = closed;
  return () => {
    listener = undefined;
  };
}
