// Every episode has the same few steps: it ends at once, whatever the agent does. A time limit makes lengths constant
// too, and that is no fault; so only short ones are told.

import { stepAt } from "../rows.ts";
import { numbers, type Rule, say } from "../rule.ts";
import { constantLength } from "./return-never-moved.ts";

const SHORT = 5;

export const episodeLengthConstant: Rule = (e) => {
  const length = constantLength(e);
  if (length === undefined || length > SHORT || e.returns?.improved) return undefined;
  return {
    id: "episode-length-constant",
    severity: "warning",
    confidence: 0.7,
    steps: [stepAt(e.series, 0), stepAt(e.series, e.series.length - 1)],
    evidence: numbers({ episodeLength: length, rows: e.series.length }),
    message: `Every episode ends after ${say(length)} step${length === 1 ? "" : "s"} and the return does not improve: the environment terminates at once, or its time limit is in the wrong unit.`,
    fix: "print(terminated, truncated, info)  # after each step: which of the two ends the episode, and why?",
    reference: "seen in our own runs only",
  };
};
