// The lines of the library that make this step, as they stand in its source, with their values of this moment beside
// them. A fault shows what the faulty program has in their place.

import type { JSX } from "preact";
import source from "../../../src/sac/temperature.ts?raw";
import { short, signed } from "../../../src/text/numbers.ts";
import { type LabFault, labFaults } from "../faults.ts";
import type { Laboratory } from "../laboratory.ts";
import type { TemperatureUpdate } from "../messages.ts";

/** The body of `update`, from where the entropy comes in to where log α is bounded. */
const LINES = excerpt(source, "const gap = entropy - targetEntropy", "const logAlpha = Math.min");

/** What to say beside a line that contains the text. */
const VALUES: readonly [string, (u: TemperatureUpdate) => string][] = [
  ["const gap =", ({ gap }) => signed(gap)],
  ["const alpha =", ({ logAlpha }) => short(Math.exp(logAlpha))],
  ["const loss =", ({ loss }) => signed(loss)],
  ["const gradient =", ({ gradient }) => signed(gradient)],
  ["const moved =", ({ logAlpha, direction, learningRate }) => short(logAlpha - learningRate * direction)],
  ["const logAlpha =", ({ newLogAlpha }) => short(newLogAlpha)],
];

const TOKENS =
  /(\/\/.*)|\b(const|return|if|typeof)\b|("[^"]*")|\b(\d+(?:\.\d+)?)\b|\b([A-Za-z_$][\w$]*)(?=\()/g;
const KINDS = ["comment", "keyword", "string", "number", "call"] as const;

export function Code({ laboratory }: { laboratory: Laboratory }): JSX.Element {
  const update = laboratory.progress.value?.update;
  const { faults } = laboratory.setup.value;
  return (
    <section class="card code" id="code">
      <h2>
        The lines at work <small class="dim">src/sac/temperature.ts</small>
      </h2>
      {faults.map((id) => {
        const { title, code }: LabFault = labFaults[id];
        return (
          <pre key={id} class="instead" title={`What a program with this fault has instead: ${title}`}>
            {code}
          </pre>
        );
      })}
      <pre>
        {LINES.map((line, i) => (
          <Line key={i} line={line} update={update} />
        ))}
      </pre>
    </section>
  );
}

function Line({ line, update }: { line: string; update: TemperatureUpdate | undefined }): JSX.Element {
  const value = VALUES.find(([text]) => line.includes(text))?.[1];
  const held = update?.held && line.includes("const logAlpha =");
  return (
    <code class={held ? "held" : value ? "told" : ""}>
      <span>{highlighted(line)}</span>
      {value && update && <output class="numeric">{value(update)}</output>}
    </code>
  );
}

function highlighted(line: string): (JSX.Element | string)[] {
  const parts: (JSX.Element | string)[] = [];
  let at = 0;
  for (const match of line.matchAll(TOKENS)) {
    const kind = KINDS[match.slice(1).findIndex((group) => group !== undefined)]!;
    parts.push(line.slice(at, match.index), <span class={kind}>{match[0]}</span>);
    at = match.index + match[0].length;
  }
  return [...parts, line.slice(at)];
}

function excerpt(text: string, first: string, last: string): string[] {
  const lines = text.split("\n");
  const from = lines.findIndex((line) => line.includes(first));
  const to = lines.findIndex((line, i) => i > from && line.includes(last));
  return lines
    .slice(from, to + 1)
    .filter((line) => line.trim() !== "" && !line.includes('settings.alpha !== "auto"'))
    .filter(outsideOfThrows())
    .map((line) => line.replace(/^ {2}/, ""));
}

/** False from a guard that throws to its closing brace: what happens to bad input is not the step. */
function outsideOfThrows(): (line: string) => boolean {
  let inside = false;
  return (line) => {
    if (line.includes("if (!Number.isFinite")) inside = true;
    const keep = !inside;
    if (line === "  }") inside = false;
    return keep;
  };
}
