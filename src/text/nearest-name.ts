// What the user probably meant: the known name that takes the fewest edits to reach.

/**
 * The closest of `names` to `given`, ignoring case, or undefined if none is within a third of its length. A name that
 * contains `given` whole counts as one edit away.
 */
export function nearestName(given: string, names: readonly string[]): string | undefined {
  const wanted = given.toLowerCase();
  let best: string | undefined;
  let fewest = Number.POSITIVE_INFINITY;
  for (const name of names) {
    const candidate = name.toLowerCase();
    const isPart = wanted.length >= 3 && candidate.includes(wanted);
    const edits = isPart ? Math.min(1, editDistance(wanted, candidate)) : editDistance(wanted, candidate);
    if (edits < fewest && edits <= Math.max(2, name.length / 3)) [best, fewest] = [name, edits];
  }
  return best;
}

/** Levenshtein: insertions, deletions and replacements. */
function editDistance(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 0; i < a.length; i++) {
    const row = [i + 1];
    for (let j = 0; j < b.length; j++) {
      row.push(Math.min(above[j + 1]! + 1, row[j]! + 1, above[j]! + (a[i] === b[j] ? 0 : 1)));
    }
    above = row;
  }
  return above[b.length]!;
}
