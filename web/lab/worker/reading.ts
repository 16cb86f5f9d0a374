// The report worker: files in, the doctor's page out. Nothing is sent anywhere; there is nowhere to send it to.

import { diagnose } from "../../../src/doctor/diagnose.ts";
import { htmlReport } from "../../../src/doctor/report/html.ts";
import { readRuns, type SettingsFile } from "../../../src/runs/readers/read-runs.ts";
import type { LogSource } from "../../../src/runs/readers/source.ts";
import { isSettingsName } from "../settings-files.ts";

export interface ReadFiles {
  readonly files: readonly { readonly path: string; readonly file: File }[];
}

export interface Reading {
  /** A complete page; absent where no file was a log. */
  readonly html: string | undefined;
  readonly runs: readonly {
    readonly path: string;
    readonly verdict: string;
    readonly first: string | undefined;
  }[];
  /** What could not be read, one sentence each. */
  readonly problems: readonly string[];
}

self.onmessage = async ({ data: { files } }: MessageEvent<ReadFiles>) => {
  const answer = (reading: Reading) => postMessage(reading);
  try {
    const logs: LogSource[] = [];
    const settings: SettingsFile[] = [];
    for (const { path, file } of files) {
      if (isSettingsName(path)) settings.push({ path, text: await file.text() });
      else logs.push({ path, bytes: chunksOf(file.stream()) });
    }
    const { series, errors } = await readRuns({ logs, settings });
    const diagnoses = series.map((one) => diagnose(one));
    answer({
      html: diagnoses.length > 0 ? htmlReport(diagnoses) : undefined,
      runs: diagnoses.map(({ series: { path }, verdict, findings }) => ({
        path,
        verdict,
        first: findings[0]?.id,
      })),
      problems: errors.map(({ message }) => message),
    });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    answer({ html: undefined, runs: [], problems: [message] });
  }
};

async function* chunksOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}
