// Drop a log here: the doctor's full report of anybody's log, made in this page. The files are read by a worker of
// their own, and neither it nor the report may speak to anyone.

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { droppedFiles, type NamedFile } from "../dropped-files.ts";
import type { ReadFiles, Reading } from "../worker/reading.ts";

export function DropLog(): JSX.Element {
  const reading = useSignal<Reading | undefined>(undefined);
  const busy = useSignal(false);
  const over = useSignal(false);
  const section = useRef<HTMLElement>(null);
  const worker = useRef<Worker | undefined>(undefined);

  const read = (files: readonly NamedFile[]) => {
    if (files.length === 0) return;
    busy.value = true;
    reading.value = undefined;
    worker.current ??= new Worker(new URL("../worker/reading.ts", import.meta.url), { type: "module" });
    worker.current.onmessage = ({ data }: MessageEvent<Reading>) => {
      busy.value = false;
      reading.value = data;
      section.current?.scrollIntoView({ behavior: "smooth" });
    };
    worker.current.postMessage({ files } satisfies ReadFiles);
  };

  useEffect(() => {
    const drag = (event: DragEvent) => {
      event.preventDefault();
      over.value = event.type === "dragover";
    };
    const drop = async (event: DragEvent) => {
      drag(event);
      if (event.dataTransfer) read(await droppedFiles(event.dataTransfer));
    };
    addEventListener("dragover", drag);
    addEventListener("dragleave", drag);
    addEventListener("drop", drop);
    return () => {
      removeEventListener("dragover", drag);
      removeEventListener("dragleave", drag);
      removeEventListener("drop", drop);
    };
  });

  const { html, problems = [] } = reading.value ?? {};
  return (
    <section class="drop" id="drop" aria-label="A log of your own" ref={section} data-over={over.value}>
      <label class="zone">
        <input
          type="file"
          multiple
          class="unseen"
          onChange={({ currentTarget: { files } }) =>
            read(Array.from(files ?? [], (file) => ({ path: file.name, file })))
          }
        />
        <b class="zone-title">Drop a log here</b>
        <span class="zone-text">
          or choose a file: TensorBoard events, CSV, JSON lines or printed output of Stable-Baselines3,
          CleanRL, RLlib, Spinning Up and others; a whole folder can be dropped too. The doctor reads it in
          this page: nothing leaves your browser.
        </span>
      </label>
      <div aria-live="polite">
        {busy.value && <p class="dim">Reading …</p>}
        {problems.map((problem) => (
          <p key={problem} class="refused">
            {problem}
          </p>
        ))}
      </div>
      {html !== undefined && (
        // Links of the report, to threads in which a fault was seen before, open in a page of their own.
        <iframe
          title="The doctor's report"
          id="report"
          sandbox="allow-scripts allow-popups allow-popups-to-escape-sandbox"
          srcDoc={html}
        />
      )}
    </section>
  );
}
