// "softlearning #163, ElegantRL #10": where a mistake was seen before, as links to the threads.

/** Repositories behind the names by which programs are known; others are named by owner and repository already. */
const REPOSITORIES: Readonly<Record<string, string>> = {
  cleanrl: "vwxyzjn/cleanrl",
  ElegantRL: "AI4Finance-Foundation/ElegantRL",
  FinRL: "AI4Finance-Foundation/FinRL",
  "ml-agents": "Unity-Technologies/ml-agents",
  "p-christ": "p-christ/Deep-Reinforcement-Learning-Algorithms-with-PyTorch",
  rl_games: "Denys88/rl_games",
  rlkit: "rail-berkeley/rlkit",
  RLlib: "ray-project/ray",
  "sac-discrete": "toshikwa/sac-discrete.pytorch",
  sbx: "araffin/sbx",
  "SLM-Lab": "kengz/SLM-Lab",
  softlearning: "rail-berkeley/softlearning",
  "Stable-Baselines3": "DLR-RM/stable-baselines3",
};

export interface ReferencePart {
  readonly text: string;
  /** https address of the thread. */
  readonly href?: string;
}

/** The reference of a finding in pieces; joined, their texts are the reference again. */
export function referenceParts(reference: string): ReferencePart[] {
  const parts: ReferencePart[] = [];
  let at = 0;
  let repository: string | undefined;
  for (const match of reference.matchAll(/(?:([\w.-]+(?:\/[\w.-]+)?) )?#(\d+)/g)) {
    const [text, name, number] = match;
    // "rlkit #50 and #75": the second is of the same program.
    if (name !== undefined && name !== "and") {
      repository = REPOSITORIES[name] ?? (name.includes("/") ? name : undefined);
    }
    const link = name === "and" ? text.slice("and ".length) : text;
    const start = match.index + text.length - link.length;
    if (start > at) parts.push({ text: reference.slice(at, start) });
    parts.push(
      repository === undefined
        ? { text: link }
        : { text: link, href: `https://github.com/${repository}/issues/${number}` },
    );
    at = start + link.length;
  }
  if (at < reference.length) parts.push({ text: reference.slice(at) });
  return parts;
}
