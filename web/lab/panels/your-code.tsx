// Your own program: pasted, read line by line in this page, and its fault switched on in the training beside it.

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { SourceFinding, SourceReport } from "../../../src/code/index.ts";
import { realMinus } from "../../../src/text/numbers.ts";
import { type FaultId, labFaults } from "../faults.ts";
import type { Laboratory } from "../laboratory.ts";
import "./your-code.css";
import { example } from "./your-code.example.ts";
import type { CodeReading, ReadCode } from "./your-code.worker.ts";

/** What the training can show of a finding. */
const shown: Readonly<Record<string, FaultId>> = {
  "sign-inverted": "sign",
  "log-prob-averaged": "mean-over-dimensions",
  "log-prob-uncorrected": "no-tanh-correction",
  "clamp-before-step": "clamp-before-step",
  "target-unreachable": "target-sign",
  "target-never-binds": "target-times-10",
  "alpha-frozen": "stale-optimiser",
  "entropy-unresponsive": "no-alpha-in-actor",
};

/** Pixels, as the style sheet has them. */
const LINE = 18;

/** Milliseconds without typing before the text is read. */
const PAUSE = 150;

export function YourCode({ laboratory }: { laboratory: Laboratory }): JSX.Element {
  const text = useSignal("");
  const report = useSignal<SourceReport | undefined>(undefined);
  const isRead = useSignal(false);
  const worker = useRef<Worker | undefined>(undefined);
  const turn = useRef(0);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const marks = useRef<HTMLDivElement>(null);
  const numbers = useRef<HTMLPreElement>(null);
  const area = useRef<HTMLTextAreaElement>(null);

  const read = (next: string, pause = PAUSE) => {
    text.value = next;
    turn.current++;
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      if (worker.current === undefined) {
        worker.current = new Worker(new URL("./your-code.worker.ts", import.meta.url), { type: "module" });
        worker.current.onmessage = ({ data }: MessageEvent<CodeReading>) => {
          if (data.turn !== turn.current) return;
          report.value = data.report;
          isRead.value = true;
        };
      }
      worker.current.postMessage({ turn: turn.current, text: text.value } satisfies ReadCode);
    }, pause);
  };
  useEffect(() => () => worker.current?.terminate(), []);

  const show = (line: number) => {
    const place = area.current;
    if (!place) return;
    const from =
      text.value
        .split("\n")
        .slice(0, line - 1)
        .join("\n").length + (line > 1 ? 1 : 0);
    place.focus();
    place.setSelectionRange(from, from);
    place.scrollTop = Math.max(0, (line - 4) * LINE);
  };

  const findings = report.value?.findings ?? [];
  const lines = text.value.split("\n");
  return (
    <section
      class="your-code"
      id="your-code"
      aria-label="A program of your own"
      data-verdict={report.value?.verdict ?? ""}
    >
      <header>
        <h2>Your code</h2>
        <p class="dim">
          Paste a Soft Actor-Critic in Python, TypeScript or JavaScript, or a notebook. It is read in this
          page and never run; nothing leaves your browser.
        </p>
        <button type="button" onClick={() => read(example, 0)}>
          An example
        </button>
        <label class="file">
          <input
            type="file"
            class="unseen"
            accept=".py,.ipynb,.ts,.js,.md,.txt"
            onChange={async ({ currentTarget: { files } }) => files?.[0] && read(await files[0].text(), 0)}
          />
          <span class="button">Open a file</span>
        </label>
      </header>
      <div class={text.value === "" ? "columns nothing" : "columns"}>
        <div class="editor">
          {/* Marks and numbers alone, not the text once more: a key in a long program costs little. */}
          <div class="marks" ref={marks} aria-hidden="true">
            {marksOf(findings, lines).map(({ line, severity }) => (
              <code key={line} class={severity} style={{ top: `${LINE * (line - 1)}px` }}>
                {lines[line - 1]}
              </code>
            ))}
          </div>
          <pre ref={numbers} aria-hidden="true">
            {numbersOf(lines.length)}
          </pre>
          <textarea
            ref={area}
            aria-label="Your code"
            spellcheck={false}
            autocomplete="off"
            wrap="off"
            placeholder={"alpha_loss = -(log_alpha * (log_prob + target_entropy).detach()).mean()"}
            value={text.value}
            onInput={({ currentTarget: { value } }) => read(value)}
            onScroll={({ currentTarget: { scrollTop, scrollLeft } }) => {
              if (!marks.current || !numbers.current) return;
              marks.current.style.transform = `translateY(${-scrollTop}px)`;
              numbers.current.style.transform = `translate(${-scrollLeft}px, ${-scrollTop}px)`;
            }}
          />
        </div>
        <div class="said" aria-live="polite">
          {isRead.value && text.value.trim() !== "" && <Summary report={report.value} />}
          {findings.map((finding) => (
            <Said
              key={`${finding.id}:${finding.line}`}
              finding={finding}
              before={lines}
              laboratory={laboratory}
              onShow={() => show(finding.line)}
              onMend={(mended) => read(mended, 0)}
            />
          ))}
        </div>
      </div>
    </section>
  );
}

/** The marked lines, each with its worst finding. */
function marksOf(
  findings: readonly SourceFinding[],
  { length }: readonly string[],
): { line: number; severity: SourceFinding["severity"] }[] {
  const worst = new Map<number, SourceFinding["severity"]>();
  for (const severity of ["info", "warning", "error"] as const) {
    for (const finding of findings) {
      if (finding.severity !== severity) continue;
      const last = Math.min(finding.endLine ?? finding.line, length);
      for (let line = finding.line; line <= last; line++) worst.set(line, severity);
    }
  }
  return [...worst].map(([line, severity]) => ({ line, severity }));
}

function numbersOf(count: number): string {
  return Array.from({ length: count }, (_, at) => at + 1).join("\n");
}

function Summary({ report }: { report: SourceReport | undefined }): JSX.Element {
  if (!report) return <p class="dim">No Soft Actor-Critic was found in this text.</p>;
  const { verdict, facts } = report;
  const update = facts.alphaUpdate;
  return (
    <div class={`summary ${verdict}`}>
      <b>{verdict}</b>
      {update ? (
        <>
          <p>
            Line {update.line} {realMinus(update.derived)}; its derivative is ∝{" "}
            <b>{realMinus(update.derivative)}</b>.
          </p>
          <table>
            <tbody>
              <tr>
                <th>entropy above its target</th>
                <td>α {update.above}</td>
              </tr>
              <tr>
                <th>entropy below its target</th>
                <td>α {update.below}</td>
              </tr>
            </tbody>
          </table>
        </>
      ) : (
        <p>{facts.undecided ?? "α is a setting here: nothing tunes it."}</p>
      )}
    </div>
  );
}

interface SaidProps {
  readonly finding: SourceFinding;
  readonly before: readonly string[];
  readonly laboratory: Laboratory;
  readonly onShow: () => void;
  readonly onMend: (text: string) => void;
}

function Said({ finding, before, laboratory, onShow, onMend }: SaidProps): JSX.Element {
  const { id, severity, line, message, fix, replacement } = finding;
  const fault = severity === "info" ? undefined : shown[id];
  const running = fault !== undefined && laboratory.setup.value.faults.includes(fault);
  const mend = () => {
    if (!replacement) return;
    const { fromLine, toLine, text } = replacement;
    onMend([...before.slice(0, fromLine - 1), text, ...before.slice(toLine)].join("\n"));
  };
  const run = () => {
    if (fault === undefined) return;
    const { faults, alphaMin } = laboratory.setup.peek();
    const others = faults.filter((one) => one !== fault);
    laboratory.set({
      faults: running ? others : [...others, fault],
      // Without a bound there is nothing that a clamp could miss.
      ...(fault === "clamp-before-step" && !running && alphaMin === undefined ? { alphaMin: 0.05 } : {}),
    });
    if (!running) scrollTo({ top: 0, behavior: "smooth" });
  };
  return (
    <article class={severity} data-finding={id}>
      <h3>
        <button type="button" class="place" onClick={onShow}>
          line {line}
        </button>{" "}
        {id} <small class="dim">{severity === "info" ? "remark" : severity}</small>
      </h3>
      <p>{realMinus(message)}</p>
      <p class="dim">{realMinus(fix)}</p>
      {replacement && (
        <pre class="mended">
          {before.slice(replacement.fromLine - 1, replacement.toLine).map((old, at) => (
            <del key={at}>{old.trim()}</del>
          ))}
          {replacement.text.split("\n").map((mended, at) => (
            <ins key={at}>{mended.trim()}</ins>
          ))}
        </pre>
      )}
      <p class="actions">
        {replacement && (
          <button type="button" onClick={mend}>
            Mend it
          </button>
        )}
        {fault && (
          <button type="button" aria-pressed={running} title={labFaults[fault].effect} onClick={run}>
            {running ? "Stop running this" : "Run this"}
          </button>
        )}
      </p>
    </article>
  );
}
