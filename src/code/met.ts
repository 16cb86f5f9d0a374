// What was met on the way to a value: its own events and those of the values inside it, which many values share.

import type { Event } from "./event.ts";

type OfQ = Event & { readonly kind: "q" };

export class Met {
  readonly events: Event[] = [];
  readonly inner: Met[] = [];
  /** Where this stands for the Q values inside, if there are any. */
  readonly instead: OfQ | undefined;
  #q: boolean | undefined;

  constructor(instead?: OfQ) {
    this.instead = instead;
  }

  /** Each but once. */
  all(): Event[] {
    const seen = [new Set<Met>(), new Set<Met>()] as const;
    const noted = new Map<object, Set<Event["kind"]>>();
    const found: Event[] = [];
    const note = (event: Event) => {
      const place = event.kind === "statement" ? event.statement : event.at;
      const kinds = noted.get(place);
      if (kinds?.has(event.kind)) return;
      if (kinds) kinds.add(event.kind);
      else noted.set(place, new Set([event.kind]));
      found.push(event);
    };
    const visit = (met: Met, masked: boolean) => {
      const before = seen[masked ? 1 : 0];
      if (before.has(met)) return;
      before.add(met);
      const hidden = masked || met.instead !== undefined;
      for (const inner of met.inner) visit(inner, hidden);
      for (const event of met.events) if (!hidden || event.kind !== "q") note(event);
      if (met.instead && !masked && met.#hasQ()) note(met.instead);
    };
    visit(this, false);
    return found;
  }

  #hasQ(): boolean {
    if (this.#q === undefined) {
      // What is met again on the way is being asked already.
      this.#q = false;
      this.#q = this.events.some(({ kind }) => kind === "q") || this.inner.some((one) => one.#hasQ());
    }
    return this.#q;
  }
}
