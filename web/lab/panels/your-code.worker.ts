// Reads pasted programs beside the page, so that typing never waits. Nothing of a program is run.

import { readSource, type SourceReport } from "../../../src/code/index.ts";

export interface ReadCode {
  readonly turn: number;
  readonly text: string;
}

export interface CodeReading {
  /** Of the text that it answers. */
  readonly turn: number;
  /** Absent where the text holds no Soft Actor-Critic. */
  readonly report: SourceReport | undefined;
}

self.onmessage = ({ data: { turn, text } }: MessageEvent<ReadCode>) => {
  postMessage({ turn, report: readSource(text) } satisfies CodeReading);
};
