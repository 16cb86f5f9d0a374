// What the machine cannot give at the moment says nothing about a file: that it cannot be opened now is no sign that it is gone.

const EXHAUSTED: ReadonlySet<unknown> = new Set(["EMFILE", "ENFILE", "ENOMEM", "EAGAIN", "EIO"]);

/** Whether an error of the file system is of the machine: too many open files, no memory, a disk that does not answer. */
export function isExhausted(error: unknown): boolean {
  return EXHAUSTED.has((error as { readonly code?: unknown } | undefined)?.code);
}

/** `otherwise` for an error about the file. @throws one about the machine */
export function unlessExhausted<T>(otherwise: T): (error: unknown) => T {
  return (error) => {
    if (isExhausted(error)) throw error;
    return otherwise;
  };
}
