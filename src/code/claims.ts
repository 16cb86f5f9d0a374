// What the user's comments claim about the direction of α, where the program's own loss does the contrary.

import type { Source } from "./judge.ts";
import type { AlphaUpdate, SourceFinding } from "./report.ts";

const low =
  /(entropy|policy|π|H\(?\w*\)?)[^.;,]*?\b(is |falls |drops |gets )*(too )?(below|lower|less|small|<|deterministic|certain)/i;
const high =
  /(entropy|policy|π|H\(?\w*\)?)[^.;,]*?\b(is |rises |gets )*(too )?(above|high|higher|greater|larger|more than|exceeds?|>|random)/i;
const up =
  /(α|alpha|temperature)\b[^.;]*?(increas|rise|grow|go(es)? up|raise)|(increas|rais)\w* (the )?(α|alpha|temperature)/i;
const down =
  /(α|alpha|temperature)\b[^.;]*?(decreas|fall|drop|shrink|go(es)? down|lower|decay)|(decreas|lower|reduc)\w* (the )?(α|alpha|temperature)/i;

/** One clause that names where the entropy lies, and one that says where α goes. */
export function judgeClaims(update: AlphaUpdate, source: Source): SourceFinding[] {
  const inverted = update.above === "rises";
  const lines = source.text.split("\n");
  return lines.flatMap((whole, at) => {
    const comment = /(?:#|\/\/|^\s*\*)(.*)$/.exec(whole)?.[1];
    if (!comment) return [];
    return comment.split(/[;.]|, but|, while| and (?=when|if)/).flatMap((said): SourceFinding[] => {
      const [condition, consequence] = clauses(said);
      if (condition === undefined || consequence === undefined) return [];
      const [isLow, isHigh] = [low.test(condition), high.test(condition)];
      const [goesUp, goesDown] = [up.test(consequence), down.test(consequence)];
      if (isLow === isHigh || goesUp === goesDown) return [];
      const claimed = isLow === goesUp ? "right" : "wrong";
      if (claimed === (inverted ? "wrong" : "right")) return [];
      const does = isLow ? update.below : update.above;
      return [
        {
          id: "claim-contradicted",
          severity: "info",
          confidence: 0.8,
          line: at + 1,
          evidence: { claim: comment.trim(), derivative: update.derivative },
          message: `${inverted ? "The comment states the rule, and the loss does not follow it" : "The comment says otherwise"}: by this loss α ${does} where the entropy is ${isLow ? "below" : "above"} the target (derivative ${update.derivative}).`,
          fix: inverted ? "Keep the comment, and mend the loss." : `Correct the comment: α ${does} there.`,
          reference: "sign-inverted",
        },
      ];
    });
  });
}

/** "If A, B", "A → B" or "B when A". */
function clauses(said: string): [string?, string?] {
  const first =
    /^\s*(?:\W*\s*)?(?:if|when|as|once)\b(.*?)(?:,|→|->|=>|:|\bthen\b|(?=\b(?:alpha|α|the temperature)\b))(.*)$/i.exec(
      said,
    );
  if (first) return [first[1]!, first[2]!];
  const arrow = /^(.*?)(?:→|->|=>)(.*)$/.exec(said);
  if (arrow) return [arrow[1]!, arrow[2]!];
  const second = /^(.*?)\b(?:if|when|once)\b(.*)$/i.exec(said);
  return second ? [second[2]!, second[1]!] : [];
}
