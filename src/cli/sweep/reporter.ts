// Who tells a sweep as it goes on.

import type { SweepEvent } from "../../sweep/sweep.ts";

export interface Reporter {
  tell(event: SweepEvent): void;
  /** The sweep was asked to end. */
  ending(): void;
  /** Nothing more comes; may be called twice. */
  close(): void;
}
