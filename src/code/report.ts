// What the reader of source code says about one file: what it found there, what is wrong with it, and on which line.

/** An expression of the program and, where it is plain, the number it is. */
export interface SourceFact {
  readonly expression: string;
  readonly line: number;
  readonly value?: number;
}

/** The program's own α update, and what it computes. */
export interface AlphaUpdate {
  readonly line: number;
  readonly text: string;
  /** Such as `descends −log α·(log π + H̄)`. */
  readonly derived: string;
  /** Of the loss by the optimised parameter, up to a positive factor: `H − H̄`. */
  readonly derivative: string;
  /** What a step does to α where the entropy is above and where it is below the target. */
  readonly above: "falls" | "rises";
  readonly below: "falls" | "rises";
}

export interface SourceFacts {
  readonly targetEntropy?: SourceFact;
  readonly alphaLearningRate?: SourceFact;
  readonly initialAlpha?: SourceFact;
  readonly lossForm?: "alpha" | "log-alpha";
  readonly optimizer?: string;
  readonly clamp?: {
    readonly min?: number;
    readonly max?: number;
    /** Whether α is inside the bounds after a step. */
    readonly holds: boolean;
    readonly line: number;
  };
  readonly updatesPerStep?: SourceFact;
  readonly discrete?: boolean;
  readonly framework?: "torch" | "tensorflow" | "jax" | "javascript";
  readonly alphaUpdate?: AlphaUpdate;
  /** Why the α update could not be decided, and what would settle it. */
  readonly undecided?: string;
}

export interface SourceFinding {
  readonly id: string;
  readonly severity: "error" | "warning" | "info";
  /** 0 … 1. */
  readonly confidence: number;
  /** From 1; in a notebook, of the code of all cells, one after another. */
  readonly line: number;
  readonly endLine?: number;
  /** In a notebook: which cell, counted from 1 with those of text, and the line in it. */
  readonly cell?: number;
  readonly cellLine?: number;
  readonly evidence: Readonly<Record<string, unknown>>;
  readonly message: string;
  readonly fix: string;
  /** Whole lines that mend it, in the user's own names. */
  readonly replacement?: {
    readonly fromLine: number;
    readonly toLine: number;
    readonly text: string;
  };
  /** The page that explains it, below `docs/doctor/`. */
  readonly reference: string;
}

export interface SourceReport {
  readonly path: string;
  readonly verdict: "right" | "fault" | "suspect" | "undecided";
  readonly facts: SourceFacts;
  readonly findings: readonly SourceFinding[];
}

export interface ReadSourceOptions {
  /** Named in the report, and a hint of the language. */
  readonly path?: string;
  readonly language?: "python" | "javascript" | "notebook" | "auto";
}
