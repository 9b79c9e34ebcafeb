/** Arguments of a call; `rest` and `more` are the operands of `*` and `**`. */
export interface Arguments {
  readonly args: readonly Node[];
  readonly named: readonly (readonly [string, Node])[];
  readonly rest: Node | undefined;
  readonly more: Node | undefined;
}

/** An expression. */
export type Node =
  | { t: 'const'; value: unknown }
  | { t: 'name'; name: string }
  | { t: 'list'; items: Node[] }
  | { t: 'tuple'; items: Node[] }
  | { t: 'dict'; items: [Node, Node][] }
  | { t: 'attribute'; of: Node; name: string }
  | { t: 'item'; of: Node; key: Node }
  | { t: 'slice'; parts: [Node | undefined, Node | undefined, Node | undefined] }
  | { t: 'call'; of: Node; args: Arguments }
  /** `of` is undefined for the text of a filter block. */
  | { t: 'filter'; of: Node | undefined; name: string; args: Arguments }
  | { t: 'test'; of: Node; name: string; args: Arguments }
  | { t: 'not'; of: Node }
  | { t: 'sign'; op: string; of: Node }
  | { t: 'and'; a: Node; b: Node }
  | { t: 'or'; a: Node; b: Node }
  | { t: 'binary'; op: string; a: Node; b: Node }
  | { t: 'compare'; first: Node; rest: [string, Node][] }
  | { t: 'if'; when: Node; then: Node; otherwise: Node | undefined };

/** The target of an assignment: a name, an attribute of a namespace, or several of them. */
export type Target = string | { readonly of: string; readonly name: string } | readonly Target[];

export interface Parameter {
  readonly name: string;
  readonly otherwise: Node | undefined;
}

export interface MacroBody {
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly body: Statement[];
  /** Whether the body uses `caller`, `varargs` and `kwargs`: otherwise a call must not pass them. */
  readonly takes: { readonly caller: boolean; readonly varargs: boolean; readonly kwargs: boolean };
}

/** A part of a template; `at` is its offset in the text. */
export type Statement = { at: number } & (
  | { t: 'data'; text: string }
  | { t: 'print'; value: Node }
  | { t: 'if'; cases: [Node, Statement[]][]; otherwise: Statement[] }
  | {
      t: 'for';
      target: Target;
      of: Node;
      filter: Node | undefined;
      recursive: boolean;
      body: Statement[];
      otherwise: Statement[];
    }
  | { t: 'set'; target: Target; value: Node }
  | { t: 'capture'; target: Target; filter: Node | undefined; body: Statement[] }
  | { t: 'with'; targets: [Target, Node][]; body: Statement[] }
  | { t: 'macro'; macro: MacroBody }
  | { t: 'call'; call: Node & { t: 'call' }; macro: MacroBody }
  | { t: 'filter'; filter: Node; body: Statement[] }
  | { t: 'block'; name: string; scoped: boolean; required: boolean; body: Statement[] }
  | { t: 'extends'; template: Node }
  | { t: 'include'; template: Node; ignoreMissing: boolean; context: boolean }
  | { t: 'import'; template: Node; target: string; context: boolean }
  | { t: 'from'; template: Node; names: [string, string][]; context: boolean }
);

/** A parsed template and the names of all filters and tests in it. */
export interface Program {
  readonly body: Statement[];
  readonly uses: readonly Use[];
}

export interface Use {
  readonly kind: 'filter' | 'test';
  readonly name: string;
  readonly at: number;
}
