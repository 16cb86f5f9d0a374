// What saved agents and checkpoints called β₁ᵗ and β₂ᵗ before they were betaPowers. Files are read under either name.

const FORMER: ReadonlyMap<string, string> = new Map([
  ["adamPowers", "betaPowers"],
  ["actorAdamPowers", "actorBetaPowers"],
  ["powers", "betaPowers"],
]);
/** Keys whose values have such names too: the learner's state, and its temperature's. */
const WITHIN: ReadonlySet<string> = new Set(["learner", "temperature", "temperatureState"]);

/** The same state of an agent under the names that it has now. Whatever else it is comes back as it was. */
export function withCurrentNames(state: unknown): unknown {
  if (typeof state !== "object" || state === null || Array.isArray(state)) return state;
  return Object.fromEntries(
    Object.entries(state).map(([key, value]) => [
      FORMER.get(key) ?? key,
      WITHIN.has(key) ? withCurrentNames(value) : value,
    ]),
  );
}
