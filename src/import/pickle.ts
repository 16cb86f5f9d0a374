// Python's pickle, as far as saved tensors need it: dictionaries, lists, tuples, numbers, texts, and tensors. It is a reader of
// data, not an interpreter: a pickle names functions to call, and all but the handful that put a tensor together are
// refused by name.

import { TemperedError } from "../errors.ts";

/** A call that the pickle asks for, by the function's full name. */
export type Call = (name: string, parameters: readonly unknown[]) => unknown;

export interface PickleOptions {
  /** Answers the calls that are allowed; throws for others. */
  readonly call: Call;
  /** What a persistent id stands for, such as a tensor's storage. */
  readonly persistent: (id: unknown) => unknown;
}

/** A function that is only named so far. */
class Named {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

const MARK = Symbol("mark");
/** Steps and depth that no honest file comes near. */
const MOST_STEPS = 5_000_000;

/** @throws TemperedError (PICKLE) for anything that is not understood; nothing is ever executed */
export function readPickle(bytes: Uint8Array, { call, persistent }: PickleOptions): unknown {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = new TextDecoder("utf-8", { fatal: true });
  const stack: unknown[] = [];
  const memo = new Map<number, unknown>();
  let at = 0;

  const take = (length: number) => {
    if (length < 0 || at + length > bytes.length) throw damaged("it ends in the middle of a value");
    at += length;
    return at - length;
  };
  const u8 = () => bytes[take(1)]!;
  const u16 = () => view.getUint16(take(2), true);
  const u32 = () => view.getUint32(take(4), true);
  const string = (length: number) => {
    const start = take(length);
    return text.decode(bytes.subarray(start, start + length));
  };
  const line = () => {
    const end = bytes.indexOf(10, at);
    if (end < 0) throw damaged("a name has no end");
    const value = text.decode(bytes.subarray(at, end));
    at = end + 1;
    return value;
  };
  const pop = () => {
    if (stack.length === 0) throw damaged("it takes more than it has put down");
    const value = stack.pop();
    if (value === MARK) throw damaged("a value is missing");
    return value;
  };
  const top = () => {
    const value = stack.at(-1);
    if (value === undefined || value === MARK) throw damaged("a value is missing");
    return value;
  };
  const toMark = () => {
    const mark = stack.lastIndexOf(MARK);
    if (mark < 0) throw damaged("a mark is missing");
    const values = stack.splice(mark);
    return values.slice(1);
  };
  const setItems = (target: unknown, items: readonly unknown[]) => {
    if (!(target instanceof Map) || items.length % 2 !== 0)
      throw damaged("items are set in something else than a dictionary");
    for (let i = 0; i < items.length; i += 2) target.set(items[i], items[i + 1]);
  };
  const append = (target: unknown, items: readonly unknown[]) => {
    if (!Array.isArray(target)) throw damaged("items are appended to something else than a list");
    target.push(...items);
  };
  const recall = (index: number) => {
    if (!memo.has(index)) throw damaged(`it recalls value ${index}, which it never kept`);
    return memo.get(index);
  };
  /** A little-endian integer of so many bytes. */
  const long = (length: number) => {
    if (length > 16) throw damaged("an integer is too long");
    let value = 0n;
    const start = take(length);
    for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[start + i]!);
    return Number(BigInt.asIntN(8 * Math.max(length, 1), value));
  };

  for (let step = 0; step < MOST_STEPS; step++) {
    const code = String.fromCharCode(u8());
    switch (code) {
      case "\x80":
        u8();
        break;
      case "\x95":
        take(8);
        break;
      case ".":
        return pop();
      case "(":
        stack.push(MARK);
        break;
      case "}":
        stack.push(new Map());
        break;
      case "]":
        stack.push([]);
        break;
      case ")":
        stack.push([]);
        break;
      case "N":
        stack.push(undefined);
        break;
      case "\x88":
        stack.push(true);
        break;
      case "\x89":
        stack.push(false);
        break;
      case "K":
        stack.push(u8());
        break;
      case "M":
        stack.push(u16());
        break;
      case "J":
        stack.push(view.getInt32(take(4), true));
        break;
      case "\x8a":
        stack.push(long(u8()));
        break;
      case "G":
        stack.push(view.getFloat64(take(8), false));
        break;
      case "X":
        stack.push(string(u32()));
        break;
      case "\x8c":
        stack.push(string(u8()));
        break;
      case "t":
        stack.push(toMark());
        break;
      case "\x85":
        stack.push([pop()]);
        break;
      case "\x86": {
        const last = pop();
        stack.push([pop(), last]);
        break;
      }
      case "\x87": {
        const [third, second] = [pop(), pop()];
        stack.push([pop(), second, third]);
        break;
      }
      case "q":
        memo.set(u8(), top());
        break;
      case "r":
        memo.set(u32(), top());
        break;
      case "\x94":
        memo.set(memo.size, top());
        break;
      case "h":
        stack.push(recall(u8()));
        break;
      case "j":
        stack.push(recall(u32()));
        break;
      case "a": {
        const item = pop();
        append(top(), [item]);
        break;
      }
      case "e": {
        const items = toMark();
        append(top(), items);
        break;
      }
      case "s": {
        const [value, key] = [pop(), pop()];
        setItems(top(), [key, value]);
        break;
      }
      case "u": {
        const items = toMark();
        setItems(top(), items);
        break;
      }
      case "c":
        stack.push(new Named(`${line()}.${line()}`));
        break;
      case "\x93": {
        const name = pop();
        stack.push(new Named(`${String(pop())}.${String(name)}`));
        break;
      }
      case "Q":
        stack.push(persistent(nameless(pop())));
        break;
      case "R": {
        const parameters = pop();
        const called = pop();
        if (!(called instanceof Named) || !Array.isArray(parameters))
          throw damaged("something is called that is no function");
        stack.push(call(called.name, parameters.map(nameless)));
        break;
      }
      case "b":
        // Attributes of a dictionary, such as a state_dict's metadata: nobody needs them.
        pop();
        break;
      default:
        throw damaged(`it uses instruction ${JSON.stringify(code)}, which no saved tensors need`);
    }
  }
  throw damaged("it is too long");
}

/** A named function where a value is expected stands for its name. */
function nameless(value: unknown): unknown {
  if (value instanceof Named) return value.name;
  return Array.isArray(value) ? value.map(nameless) : value;
}

function damaged(what: string): TemperedError {
  return new TemperedError(
    "PICKLE",
    `Expected tensors saved by torch.save, got a pickle that cannot be read: ${what}`,
  );
}
