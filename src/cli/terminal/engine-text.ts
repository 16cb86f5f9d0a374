// An engine in words.

export interface EngineWords {
  readonly engine: string;
  readonly threads: number;
  /** Of the wasm engine. */
  readonly arithmetic?: string | undefined;
}

export function engineText({ engine, threads, arithmetic }: EngineWords): string {
  const name = arithmetic === "fused" ? `${engine} (fused)` : engine;
  return `${name}, ${threads} thread${threads === 1 ? "" : "s"}`;
}
