// What the fields of a schema of settings are made of: the numbers that several have, refused in the words of expecting.ts, and
// what a field says of itself.

import { z } from "zod";
import { inWords } from "../agent/setting.ts";
import { isLearningRate } from "../sac/schedule.ts";
import { expecting } from "./expecting.ts";

/** What a field says of itself beside its type. */
export interface FieldMeta {
  /** One sentence for --help; units included. */
  readonly description: string;
  /** What stands for the value in --help. */
  readonly placeholder: string;
  /** Other names in config files; spelling with -, _ or capitals never matters. */
  readonly aliases?: readonly string[];
  /** Said instead of the default where the default has no value of its own. */
  readonly without?: string;
}

export const field = <T extends z.ZodType>(schema: T, meta: FieldMeta): T => schema.meta({ ...meta });

export function integer(from: number) {
  const what = (input: unknown) => {
    const range = from === 1 ? "a positive integer" : `an integer from ${from} up`;
    // Beyond the limit there is no telling one integer from the next.
    return Number(input) > Number.MAX_SAFE_INTEGER ? `${range} to ${Number.MAX_SAFE_INTEGER}` : range;
  };
  const told = {
    error: ({ input }: { readonly input?: unknown }) => expecting(what(input)).error({ input }),
  };
  return z.int(told).min(from, told);
}

export function positive() {
  const what = expecting("a number above 0");
  return z.number(what).positive(what);
}

/** A value that moves over the environment steps. */
export const schedule = () =>
  z.strictObject({
    shape: z.enum(["linear", "cosine"]),
    start: z.number(),
    end: z.number(),
    steps: z.number().positive(),
  });

/** A learning rate: a number, or a schedule over the environment steps. */
export function rate() {
  const what = expecting(`${inWords({ kind: "rate" })}, or on the command line linear:3e-4:0:100000`);
  return z
    .union([z.number(what).positive(what), schedule()], what)
    .refine((value) => isLearningRate(value), what);
}
