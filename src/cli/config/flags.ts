// Flags of `train` from its schema: one a field, with the field's own checks and its default in the help text. Whether
// a flag was given must stay visible, because it overrides the config file; so no flag has a default of its own. A
// switch is given as --name or --no-name.

import type { z } from "zod";
import {
  defaultText,
  type FieldName,
  fieldNames,
  isSwitch,
  metaOf,
  type TrainSettings,
  trainSchema,
} from "../../training/settings.ts";
import { firstMessage } from "./first-message.ts";
import type { ParsedFlag } from "./plain-flags.ts";

export interface SwitchFlag {
  readonly kind: "boolean";
  readonly brief: string;
  readonly optional: true;
}

/** A flag for a value of type T. */
type FlagFor<T> = [T] extends [boolean] ? SwitchFlag : ParsedFlag<T>;

export type TrainFlags = Omit<TrainSettings, "env">;

/** In the order of the schema; the environment is the command's argument, not a flag. */
export function trainFlags(): {
  readonly [name in keyof TrainFlags]-?: FlagFor<NonNullable<TrainFlags[name]>>;
} {
  const flags = fieldNames.filter((name) => name !== "env").map((name) => [name, flagOf(name)]);
  return Object.fromEntries(flags);
}

function flagOf(name: FieldName): ParsedFlag<unknown> | SwitchFlag {
  const { description, placeholder } = metaOf(name);
  if (isSwitch(name)) return { kind: "boolean", brief: description, optional: true };
  const fallback = defaultText(name);
  const brief = fallback === undefined ? description : `${description} Default ${fallback}.`;
  return schemaFlag<z.ZodType>(trainSchema.shape[name], brief, placeholder);
}

/** Reads a flag's text as whatever its schema takes: a number, a list of numbers, a schedule, or the text itself. */
function readValue(text: string, schema: z.ZodType): unknown {
  const readings = [number(text), text.split(",").map(number), scheduleOf(text), text];
  for (const reading of readings) {
    const { success, data } = schema.safeParse(reading);
    if (success) return data;
  }
  throw new Error(firstMessage(schema.safeParse(text).error as z.ZodError));
}

/** `linear:3e-4:0:100000` is from 3e-4 to 0 over 100,000 steps. */
function scheduleOf(text: string): unknown {
  const [shape, ...numbers] = text.split(":");
  const [start, end, steps, ...rest] = numbers.map(number);
  return rest.length === 0 ? { shape, start, end, steps } : undefined;
}

function number(text: string): number {
  return text.trim() === "" ? Number.NaN : Number(text);
}

/** An optional flag whose value is checked by `schema`. */
export function schemaFlag<T extends z.ZodType>(
  schema: T,
  brief: string,
  placeholder: string,
): ParsedFlag<z.output<T>> {
  return {
    kind: "parsed",
    parse: (text) => readValue(text, schema) as z.output<T>,
    brief,
    placeholder,
    optional: true,
  };
}
