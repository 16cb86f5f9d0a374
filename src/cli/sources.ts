// The source files among what the doctor was given: found, read, and what they state for the rules on a log.

import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { SourceReport } from "../code/index.ts";
import type { DeclaredSettings } from "../runs/series.ts";

/** Bytes; a notebook with its pictures is larger than its code. */
const largest = 20_000_000;
/** Files of a directory that are looked into. */
const mostFiles = 20_000;
const passedOver = /^(\.|node_modules$|site-packages$|__pycache__$|venv$|env$|build$|dist$|wandb$|mlruns$)/;

export function isSource(path: string): boolean {
  return /\.(py|ipynb|[cm]?[jt]sx?|md|markdown)$/i.test(path);
}

export interface FoundSources {
  readonly sources: readonly SourceReport[];
  /** The texts of the sources, by their paths. */
  readonly texts: ReadonlyMap<string, string>;
  readonly errors: readonly { readonly message: string }[];
  /** What no source was found in: logs, and directories, which may hold both. */
  readonly others: readonly string[];
  /** Directories that hold a source, without a slash at their end. */
  readonly searched: ReadonlySet<string>;
}

/** @param stdin what stands on standard input, where `-` is among the paths and a program may be there */
export async function sourcesAmong(given: readonly string[], stdin?: string): Promise<FoundSources> {
  const sources: SourceReport[] = [];
  const texts = new Map<string, string>();
  const errors: { message: string }[] = [];
  const others: string[] = [];
  const searched = new Set<string>();
  // The parsers are loaded only for a source: a log needs none.
  const read = async (path: string, text: string): Promise<SourceReport | undefined> => {
    const { readSource } = await import("../code/index.ts");
    const report = readSource(text, path === "-" ? {} : { path });
    if (report) texts.set(path, text);
    return report && { ...report, path };
  };
  for (const path of given) {
    if (path === "-" && stdin !== undefined && isProgram(stdin)) {
      const report = await read(path, stdin);
      if (report) sources.push(report);
      else errors.push({ message: "-: expected Soft Actor-Critic code or a log, found another program" });
      continue;
    }
    try {
      const directory = path !== "-" && statSync(path, { throwIfNoEntry: false })?.isDirectory();
      if (directory) {
        for (const file of sourcesBelow(path)) {
          const report = await read(file, readFileSync(file, "utf8"));
          if (!report || !tells(report)) continue;
          sources.push(report);
          searched.add(path.replace(/(?<=.)[\\/]+$/, ""));
        }
        others.push(path);
      } else if (!isSource(path)) others.push(path);
      else if (statSync(path).size > largest) {
        errors.push({ message: `${path}: expected source code of at most 20 MB, got more` });
      } else {
        const report = await read(path, readFileSync(path, "utf8"));
        if (report) sources.push(report);
        else errors.push({ message: `${path}: expected Soft Actor-Critic code, found none there` });
      }
    } catch (error) {
      errors.push({ message: `${path}: ${error instanceof Error ? error.message : error}` });
    }
  }
  return { sources, texts, errors, others, searched };
}

/** Lines that no log has. */
export function isProgram(text: string): boolean {
  return /^\s*(>>> )?(import \w|from [\w.]+ import |def \w+\(|class \w+|const \w+ =|export )|\w+_loss\s*=[^=]|\.backward\(\)/m.test(
    text.slice(0, 200_000),
  );
}

/** A file that only names a temperature is none that anybody asked for. */
function tells({ facts, findings }: SourceReport): boolean {
  return facts.alphaUpdate !== undefined || findings.length > 0 || facts.undecided === undefined;
}

function sourcesBelow(root: string): string[] {
  const found: string[] = [];
  const open = [root];
  for (let directory = open.pop(); directory !== undefined; directory = open.pop()) {
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      if (found.length >= mostFiles) return found.sort();
      const path = join(directory, entry.name);
      if (entry.isDirectory() && !passedOver.test(entry.name)) open.push(path);
      else if (
        entry.isFile() &&
        /\.(py|ipynb|[cm]?[jt]sx?)$/.test(entry.name) &&
        !/\.d\.ts$|\.min\.js$/.test(entry.name)
      ) {
        if (statSync(path).size <= largest) found.push(path);
      }
    }
  }
  return found.sort();
}

/** What the only source among them states in numbers. */
export function declaredBy(sources: readonly SourceReport[]): DeclaredSettings {
  const [only, ...others] = sources;
  if (!only || others.length > 0) return {};
  const { targetEntropy, alphaLearningRate, initialAlpha, lossForm, clamp } = only.facts;
  return {
    ...(targetEntropy?.value === undefined ? {} : { targetEntropy: targetEntropy.value }),
    ...(alphaLearningRate?.value === undefined ? {} : { alphaLearningRate: alphaLearningRate.value }),
    ...(initialAlpha?.value === undefined ? {} : { initialAlpha: initialAlpha.value }),
    ...(lossForm === undefined ? {} : { lossForm }),
    ...(clamp?.holds && clamp.min !== undefined ? { alphaMin: clamp.min } : {}),
    ...(clamp?.holds && clamp.max !== undefined ? { alphaMax: clamp.max } : {}),
  };
}
