// The form of plain data that somebody else may have made, as small checks that are put together. They go into pages, where a
// library for it would weigh as much as the algorithm.

import { fits, inWords, type Rule } from "./setting.ts";

/** What does not have its form: where, and what was expected there. */
export class FormError extends Error {
  readonly place: string;

  constructor(place: string, message: string) {
    super(message);
    this.place = place;
  }
}

/** Of a value at a place such as "learner.updates". @throws FormError */
export type Form = (value: unknown, place: string) => void;

/** A number, a choice or a switch, as settings are told. */
export function ruled(rule: Rule): Form {
  return expecting(inWords(rule), (value) => fits(rule, value));
}

export function expecting(words: string, holds: (value: unknown) => boolean): Form {
  return (value, place) => {
    if (!holds(value)) throw new FormError(place, `expected ${words}, got ${told(value)}`);
  };
}

/** The first form that fits decides. @param words for all of them */
export function either(words: string, ...forms: readonly Form[]): Form {
  return (value, place) => {
    const fitsOne = forms.some((form) => {
      try {
        form(value, place);
        return true;
      } catch {
        return false;
      }
    });
    if (!fitsOne) throw new FormError(place, `expected ${words}, got ${told(value)}`);
  };
}

export function optional(form: Form): Form {
  return (value, place) => {
    if (value !== undefined) form(value, place);
  };
}

export function listOf(form: Form, { min = 0, max = Infinity } = {}): Form {
  return (value, place) => {
    const ofLength = Array.isArray(value) && value.length >= min && value.length <= max;
    if (!ofLength) {
      const range = max === Infinity ? `of at least ${min}` : `of ${min} to ${max}`;
      throw new FormError(place, `expected a list ${range}, got ${told(value)}`);
    }
    value.forEach((each, i) => {
      form(each, joined(place, i));
    });
  };
}

/** An object with keys of any name. */
export function tableOf(form: Form): Form {
  return (value, place) => {
    for (const [key, each] of Object.entries(objectAt(value, place))) form(each, joined(place, key));
  };
}

/** An object with these keys, and others only where `open`. */
export function object(forms: Readonly<Record<string, Form>>, { open = false } = {}): Form {
  return (value, place) => {
    const given = objectAt(value, place);
    for (const [key, form] of Object.entries(forms)) {
      form(Object.hasOwn(given, key) ? given[key] : undefined, joined(place, key));
    }
    const unknown = open ? undefined : Object.keys(given).find((key) => !Object.hasOwn(forms, key));
    if (unknown !== undefined) throw new FormError(place, `unknown "${unknown.slice(0, 80)}"`);
  };
}

function objectAt(value: unknown, place: string): Readonly<Record<string, unknown>> {
  const isPlain =
    typeof value === "object" && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
  if (isPlain) return value as Readonly<Record<string, unknown>>;
  throw new FormError(place, `expected an object, got ${told(value)}`);
}

function joined(place: string, key: string | number): string {
  return place === "" ? `${key}` : `${place}.${`${key}`.slice(0, 80)}`;
}

/** In a few words, whatever it is. */
function told(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, 80));
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === "object" && value !== null ? "an object" : `${value}`;
}
