// What a measured figure depends on and its reader must know: the processor and its widest vector instructions.

import { readFileSync } from "node:fs";
import { availableParallelism, cpus, release, type } from "node:os";

export interface Machine {
  readonly cpu: string;
  readonly vendor: string;
  /** Widest vector instruction set of the processor, "unknown" where the system does not tell. */
  readonly vectors: string;
  readonly cores: number;
  readonly system: string;
}

export function machine(): Machine {
  const { vendor, flags } = linuxProcessor();
  const vectors = [
    ["avx512f", "AVX-512"],
    ["avx2", "AVX2"],
    ["asimd", "NEON"],
  ].find(([flag]) => flags.has(flag!))?.[1];
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    vendor,
    vectors: vectors ?? "unknown",
    cores: availableParallelism(),
    system: `${type()} ${release()}`,
  };
}

function linuxProcessor(): { vendor: string; flags: Set<string> } {
  let text = "";
  try {
    text = readFileSync("/proc/cpuinfo", "utf8");
  } catch {
    // Other systems have no such file.
  }
  const field = (name: RegExp) => name.exec(text)?.[1] ?? "";
  return {
    vendor: field(/^vendor_id\s*: (.*)$/m) || "unknown",
    flags: new Set(field(/^(?:flags|Features)\s*: (.*)$/m).split(" ")),
  };
}
