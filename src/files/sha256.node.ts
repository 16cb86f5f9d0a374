// The name of a content: what a manifest says of a file, and what the file is compared with.

import { createHash } from "node:crypto";

/** In hexadecimal digits. */
export function sha256(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}
