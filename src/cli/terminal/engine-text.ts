// An engine in words.

export function engineText(engine: string, threads: number): string {
  return `${engine}, ${threads} thread${threads === 1 ? "" : "s"}`;
}
