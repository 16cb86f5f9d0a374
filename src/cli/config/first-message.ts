// What the first of a schema's complaints says; apart from files and formats, so that flags can be read without them.

import type { z } from "zod";

export function firstMessage(error: z.ZodError): string {
  return error.issues[0]?.message ?? error.message;
}
