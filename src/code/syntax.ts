// A program as the reader needs it, whatever its language: expressions, and the statements of each function in order.

/** Where it stands in the text. */
export interface Placed {
  readonly from: number;
  readonly to: number;
}

export type Expression = Placed &
  (
    | { readonly kind: "number"; readonly value: number }
    | { readonly kind: "name"; readonly name: string }
    | { readonly kind: "member"; readonly of: Expression; readonly name: string }
    | { readonly kind: "item"; readonly of: Expression; readonly index?: number }
    | { readonly kind: "call"; readonly callee: Expression; readonly args: readonly Argument[] }
    | {
        readonly kind: "binary";
        readonly operator: string;
        readonly left: Expression;
        readonly right: Expression;
      }
    | { readonly kind: "minus"; readonly of: Expression }
    | { readonly kind: "not"; readonly of: Expression }
    | { readonly kind: "string"; readonly value: string }
    | { readonly kind: "record"; readonly entries: readonly Argument[] }
    | { readonly kind: "sequence"; readonly of: readonly Expression[] }
    | { readonly kind: "either"; readonly of: readonly Expression[]; readonly test?: Expression }
    | { readonly kind: "opaque" }
  );

export interface Argument {
  readonly name?: string;
  /** `*values`: the parts of what is given. */
  readonly spread?: true;
  readonly value: Expression;
}

export type Statement = Placed & {
  /** Inside `torch.no_grad()` or its like. */
  readonly withoutGradient: boolean;
  /** The branches it stands in, the outermost first: it need not have run where they are over. */
  readonly arms: readonly Placed[];
} & (
    | { readonly kind: "assign"; readonly target: Expression; readonly value: Expression }
    | { readonly kind: "evaluate"; readonly value: Expression }
    | { readonly kind: "return"; readonly value: Expression }
  );

export interface Parameter {
  readonly name: string;
  /** Which argument it is, and which entry of that, where several are taken out of one. */
  readonly place?: number;
  readonly key?: string;
  readonly default?: Expression;
}

/** What a name stands for in a loop or a comprehension. */
export interface Loop extends Placed {
  readonly target: Expression;
  readonly over: Expression;
}

export interface Scope {
  readonly name: string;
  /** A class's body holds no statements that run one after another with its methods'. */
  readonly kind: "module" | "class" | "function";
  readonly parent?: Scope;
  readonly parameters: Parameter[];
  readonly statements: Statement[];
  readonly loops: Loop[];
  /** Where its text stands. */
  readonly place: Placed;
  readonly scopes: Scope[];
}

export function everyScope(root: Scope): Scope[] {
  return [root, ...root.scopes.flatMap(everyScope)];
}
