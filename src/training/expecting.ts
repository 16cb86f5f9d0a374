// How a refused setting is told: what was expected and what came, whichever of zod's checks refused it.

/** The `error` option of a zod schema or check. @param what such as "a positive integer" */
export function expecting(what: string): { error: (issue: { readonly input?: unknown }) => string } {
  return { error: ({ input }) => `expected ${what}, got ${JSON.stringify(input) ?? "nothing"}` };
}
