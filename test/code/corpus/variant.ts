// A right SAC program written for these tests, what it states literally, and where its parts stand: the places that the
// mutation program turns into faults. Every place is given by its text, which must occur once (or once inside another).

import { readFileSync } from "node:fs";

/** A text that occurs once in the program, or [a text that does, a text that occurs once inside it]. */
export type Place = string | readonly [outer: string, inner: string];

/** From one text, which occurs once, to another. */
export type Edit = readonly [from: string, to: string];

/** A fault that only this program can have, or that no general rule writes well. */
export interface OwnFault {
  readonly name: string;
  readonly ids: readonly string[];
  readonly edits: readonly Edit[];
  /** Texts of the mutated program, one of whose statements is to be named; where absent, what the edits wrote. */
  readonly at?: readonly string[];
}

export interface Facts {
  readonly targetEntropy?: number;
  readonly alphaLearningRate?: number;
  readonly lossForm?: "alpha" | "log-alpha";
  readonly optimizer?: "adam" | "sgd";
  /** Bounds of log α. */
  readonly clamp?: { readonly min: number; readonly max: number; readonly holds: boolean };
}

export interface Variant {
  readonly file: string;
  /** Whose manner of writing it is; no style is in both halves. */
  readonly style: string;
  readonly discrete?: boolean;
  readonly facts: Facts;
  /** The α loss, without what it is assigned to, and the signed terms of log π and H̄ (in it, or anywhere). */
  readonly loss?: Place;
  readonly logProb?: Place;
  readonly target?: Place;
  /** The value of H̄ where it is declared. */
  readonly declared?: Place;
  /** The statement that steps α, and the parameter's name (PyTorch). */
  readonly step?: readonly [statement: string, parameter: string];
  /** What α's optimiser is given, and what makes the parameter a leaf with a gradient. */
  readonly optimized?: Place;
  readonly requiresGrad?: Place;
  /** In the critic's target: its signed entropy term, its factor of not-done, and its last statement. */
  readonly bonus?: Place;
  readonly mask?: Place;
  readonly backup?: string;
  /** In the actor's loss: the signed terms of α·log π and of Q, and its statement. */
  readonly actorBonus?: Place;
  readonly actorQ?: Place;
  readonly actor?: string;
  readonly noGradient?: Edit;
  readonly online?: Edit;
  readonly twins?: Edit;
  readonly sampled?: Edit;
  readonly averaged?: Edit;
  readonly wrongAction?: Edit;
  /** Takes the correction away; the statement to be named is that of log π. */
  readonly uncorrected?: { readonly edits: readonly Edit[]; readonly at: readonly string[] };
  readonly truncation?: Edit;
  readonly rebound?: Edit;
  readonly unsaved?: readonly Edit[];
  readonly raw?: readonly Edit[];
  readonly own?: readonly OwnFault[];
  /** α, log π and H̄ as the loss names them: other right spellings are made of these (PyTorch). */
  readonly spelling?: { readonly logAlpha: string; readonly logProb: string; readonly target: string };
}

export type Half = "development" | "held-out";

/** The program's text; of a notebook the code of all cells, a form feed at the end of each but the last. */
export function sourceOf(half: Half, { file }: Variant): string {
  const text = readFileSync(new URL(`./${half}/${file}`, import.meta.url), "utf8");
  if (!file.endsWith(".ipynb")) return text;
  const { cells } = JSON.parse(text) as { cells: { cell_type: string; source: string[] }[] };
  return cells
    .filter((cell) => cell.cell_type === "code")
    .map(({ source }) => source.join(""))
    .join("\f\n");
}

/** A text of `sourceOf`, perhaps changed, as the file that a reader is given. */
export function fileOf({ file }: Variant, text: string): string {
  if (!file.endsWith(".ipynb")) return text;
  const cells = text.split("\f\n").map((code) => ({
    cell_type: "code",
    metadata: {},
    execution_count: null,
    outputs: [],
    source: code.split(/(?<=\n)/),
  }));
  return JSON.stringify({ cells, metadata: {}, nbformat: 4, nbformat_minor: 5 }, undefined, 1);
}
