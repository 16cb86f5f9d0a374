// Whether the larger of the twin critics is used where the smaller one is meant.

import { lineOf } from "./critic.ts";
import type { Event } from "./event.ts";
import type { Source } from "./judge.ts";
import { assigned, spelling } from "./lookup.ts";
import type { Orientation } from "./orientation.ts";
import type { SourceFinding } from "./report.ts";
import type { SoftValue } from "./soft.ts";
import type { Expression, Scope, Statement } from "./syntax.ts";

const smaller = /\b(a?min|minimum|reduce_min)\(/;
const larger = /\b(a?max|maximum|reduce_max)\(/;

/** @param isSoft whether a value is one of this algorithm's: others may stand in the same file */
export function judgeTwins(
  values: readonly SoftValue[],
  isSoft: (value: SoftValue) => boolean,
  orientation: (value: SoftValue) => Orientation,
  source: Source,
): SourceFinding[] {
  return values.filter(isSoft).flatMap((value) => {
    const wrong = orientation(value).q === 1 ? "largest" : "smallest";
    return value.events
      .filter((event) => event.kind === wrong && !isChosen(event, source))
      .map((event): SourceFinding => {
        const { at } = event as Event & { at: Expression };
        return {
          id: "twin-not-min",
          severity: "error",
          confidence: 0.85,
          ...lineOf(at, source),
          evidence: { taken: source.text.slice(at.from, at.to) },
          message: `The ${wrong === "largest" ? "larger" : "smaller"} of the twin critics is taken here: their errors add up, and Q grows without bound.`,
          fix: wrong === "largest" ? "Take the minimum of the two." : "Take the maximum of the two costs.",
          reference: "twin-not-min",
        };
      });
  });
}

/** Whether it is all that its branch does: who writes more there computes something else. */
export function isOption(statement: Statement, { statements }: Scope): boolean {
  const arm = statement.arms.at(-1);
  return arm !== undefined && statements.filter(({ arms }) => arms.includes(arm)).length <= 2;
}

/** Where both extremes are mixed, or another branch takes the other one, somebody chooses. */
function isChosen(event: Event, source: Source): boolean {
  if (event.kind !== "largest" && event.kind !== "smallest") return false;
  const { at, scope } = event;
  const text = ({ from, to }: { from: number; to: number }) => source.text.slice(from, to);
  const [own, other] = event.kind === "largest" ? [larger, smaller] : [smaller, larger];
  const statement = scope.statements.find(({ from, to }) => from <= at.from && at.to <= to);
  // The best of several actions, of the smaller twin.
  if (event.kind === "largest" && smaller.test(statement ? text(statement) : text(at))) return true;
  if (statement?.kind !== "assign" || !isOption(statement, scope)) return false;
  return assigned(scope, spelling(statement.target)).some(
    (one) => one.statement !== statement && other.test(text(one.statement)) && !own.test(text(one.statement)),
  );
}
