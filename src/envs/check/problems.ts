// What the env checker finds: one problem a kind, the first of its kind, errors before warnings.

/** Something that is wrong with an environment, and what to do about it. */
export interface EnvProblem {
  /** An error spoils learning or stops it; a warning may be meant. */
  readonly severity: "error" | "warning";
  /** Stable name of the kind of problem, for programs. */
  readonly code: string;
  /** What was expected, what came, what to do. */
  readonly message: string;
}

export class Problems {
  private readonly found = new Map<string, EnvProblem>();

  get hasErrors(): boolean {
    return [...this.found.values()].some(({ severity }) => severity === "error");
  }

  error(code: string, message: string): void {
    this.add({ severity: "error", code, message });
  }

  warning(code: string, message: string): void {
    this.add({ severity: "warning", code, message });
  }

  list(): EnvProblem[] {
    const all = [...this.found.values()];
    return [...all.filter((p) => p.severity === "error"), ...all.filter((p) => p.severity === "warning")];
  }

  private add(problem: EnvProblem): void {
    const key = `${problem.code} ${problem.message}`;
    const sameKind = [...this.found.values()].some(({ code }) => code === problem.code);
    if (!sameKind || problem.code === "METHOD" || problem.code === "SPACE") this.found.set(key, problem);
  }
}

export function isRecord(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}
