import { type Call, CelError, type Item, type Macro, type Node, qualifiedName } from "./ast.ts";
import { boundTypes, macroResult } from "./check-macro.ts";
import type { Environment } from "./environment.ts";
import { checkLiterals } from "./literals-check.ts";
import type { Overload } from "./signatures.ts";
import * as types from "./types.ts";
import { type Type, typeText, unwrapped } from "./types.ts";
import { Bindings } from "./unify.ts";
import { typeName } from "./values.ts";

/** An expression with valid types. */
export interface Checked {
  readonly node: Node;
  readonly type: Type;
  /** The variables it refers to. */
  readonly names: ReadonlySet<string>;
  /** The type of each node. */
  readonly typeAt: (node: Node) => Type;
  /** The function that a node calls; undefined if it is not a call. */
  readonly calledAt: (node: Node) => Called | undefined;
}

/** A function by its full name, with the overloads that accept the arguments. */
export interface Called {
  readonly name: string;
  readonly isMember: boolean;
  readonly overloads: readonly Overload[];
}

/**
 * Finds the type of an expression, as cel-go's checker does.
 *
 * @throws CelError if a name is not declared, or a function does not accept its arguments.
 */
export function check(node: Node, environment: Environment): Checked {
  const checker = new Checker(environment);
  const type = checker.filled(checker.check(node));
  const typeAt = (one: Node) => checker.typeAt(one);
  checkLiterals(node, { typeAt, overloads: environment.overloads });
  return { node, type, names: checker.names, typeAt, calledAt: (one) => checker.calls.get(one) };
}

class Checker {
  readonly names = new Set<string>();
  readonly calls = new Map<Node, Called>();
  readonly #environment: Environment;
  readonly #bindings = new Bindings();
  readonly #types = new Map<Node, Type>();
  #scopes: readonly ReadonlyMap<string, Type>[] = [];

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  filled(type: Type): Type {
    return this.#bindings.filled(type, true);
  }

  typeAt(node: Node): Type {
    return this.filled(this.#types.get(node) ?? types.dyn);
  }

  check(node: Node): Type {
    const type = this.#typeOf(node);
    this.#types.set(node, type);
    return type;
  }

  #typeOf(node: Node): Type {
    switch (node.is) {
      case "literal":
        return types.readType(typeName(node.value));
      case "name":
        return this.#named(node.name, node.at);
      case "select":
        return this.#qualified(node) ?? this.#selected(node.of, node.field, node.optional, node.at);
      case "has":
        this.#selected(node.of, node.field, false, node.at);
        return types.bool;
      case "call":
        return this.#call(node);
      case "list":
        return types.listOf(this.#joined(node.items));
      case "map": {
        const key = this.#joined(node.entries.map((entry) => ({ value: entry.key, optional: false })));
        return types.mapOf(key, this.#joined(node.entries));
      }
      case "struct":
        return this.#struct(node);
      case "macro":
        return this.#macro(node);
    }
  }

  #named(name: string, at: number): Type {
    const type = this.#lookUp(name);
    if (type === undefined) throw new CelError(`${name} is not declared`, at);
    return type;
  }

  #lookUp(name: string): Type | undefined {
    const isRooted = name.startsWith(".");
    const plain = isRooted ? name.slice(1) : name;
    if (!isRooted) {
      for (let index = this.#scopes.length - 1; index >= 0; index--) {
        const type = this.#scopes[index]?.get(plain);
        if (type !== undefined) return type;
      }
    }
    const type = this.#environment.variable(plain);
    if (type !== undefined) this.names.add(plain);
    return type ?? this.#environment.typeNamed(plain);
  }

  /** Dotted names may be variables, such as `authorizer.requestResource`. */
  #qualified(node: Node): Type | undefined {
    const name = qualifiedName(node);
    return name === undefined ? undefined : this.#lookUp(name);
  }

  #selected(of: Node, field: string, optional: boolean, at: number): Type {
    const operand = this.#bindings.filled(this.check(of));
    const inner = unwrapped(operand);
    const type = this.#field(inner ?? operand, field, at);
    return inner !== undefined || optional ? types.optionalOf(type) : type;
  }

  #field(type: Type, field: string, at: number): Type {
    if (type.kind === "map") return type.of[1] ?? types.dyn;
    if (type.kind === "dyn" || type.kind === "param") {
      this.#bindings.fit([types.dyn], [type]);
      return types.dyn;
    }
    if (type.kind !== "struct") throw new CelError(`a value of type ${typeText(type)} has no fields`, at);
    const found = type.field?.(field);
    if (found === undefined) throw new CelError(`there is no field ${field}`, at);
    return found;
  }

  #call(node: Call): Type {
    const args = node.args.map((arg) => this.check(arg));
    const { name, target } = node;
    if (target === undefined) return this.#resolve(name, args, false, node);
    const prefix = qualifiedName(target);
    if (prefix !== undefined && this.#environment.overloads(`${prefix}.${name}`).length > 0) {
      return this.#resolve(`${prefix}.${name}`, args, false, node);
    }
    return this.#resolve(name, [this.check(target), ...args], true, node);
  }

  #resolve(written: string, args: readonly Type[], isMember: boolean, node: Node): Type {
    const name = written.replace(/^\./, "");
    const { at } = node;
    const overloads = this.#environment.overloads(name);
    if (overloads.length === 0) throw new CelError(`there is no function ${written}`, at);
    let result: Type | undefined;
    const taking: Overload[] = [];
    for (const overload of overloads) {
      if (overload.isMember !== isMember) continue;
      const type = this.#apply(overload, args);
      if (type === undefined) continue;
      taking.push(overload);
      if (result === undefined) result = type;
      else if (!types.sameType(result, type)) result = types.dyn;
    }
    this.calls.set(node, { name, isMember, overloads: taking });
    if (result === undefined)
      throw new CelError(
        noOverload(
          written,
          args.map((arg) => this.filled(arg)),
          isMember,
        ),
        at,
      );
    return result;
  }

  /** The result type of an overload for these arguments; undefined if it does not accept them. */
  #apply({ params, result, open }: Overload, args: readonly Type[]): Type | undefined {
    const fresh = new Map(open.map((letter) => [letter, this.#bindings.newType()]));
    const renamed = params.map((one) => rename(one, fresh));
    if (!this.#bindings.fit(args, renamed)) return undefined;
    return this.#bindings.filled(rename(result, fresh));
  }

  /** The common type of the elements of a literal; checkLiterals decides if they may differ. */
  #joined(items: readonly Item[]): Type {
    let joined: Type | undefined;
    for (const { value, optional } of items) {
      const given = this.check(value);
      const type = optional ? this.#unwrapped(given, value.at) : given;
      if (joined === undefined) joined = type;
      else if (this.#bindings.fit([joined], [type])) joined = this.#bindings.wider(joined, type);
      else joined = types.dyn;
    }
    return joined ?? this.#bindings.newType();
  }

  #unwrapped(type: Type, at: number): Type {
    const inner = unwrapped(this.#bindings.filled(type));
    if (inner === undefined && type.kind !== "dyn") throw new CelError("the value after ? must be optional", at);
    return inner ?? type;
  }

  #struct({ type: name, fields, at }: Extract<Node, { is: "struct" }>): Type {
    const message = this.#environment.message(name.replace(/^\./, ""));
    if (message === undefined) throw new CelError(`${name} is not declared`, at);
    for (const { name: field, value, optional, at: where } of fields) {
      const given = this.check(value);
      const expected = message.field(field);
      if (expected === undefined) throw new CelError(`there is no field ${field}`, where);
      if (!this.#bindings.fit([expected], [optional ? this.#unwrapped(given, where) : given])) {
        throw new CelError(`${field} is of type ${typeText(expected)}, not ${typeText(this.filled(given))}`, where);
      }
    }
    return message.type;
  }

  #macro(macro: Macro): Type {
    const { name, names, range, args, at } = macro;
    if (!this.#environment.hasMacro(name, names.length)) throw new CelError(`there is no function ${name}`, at);
    const type = this.#bindings.filled(this.check(range));
    const bound = boundTypes(macro, type, this.#bindings);
    this.#scopes = [...this.#scopes, new Map(names.map((one, index) => [one, bound[index] ?? types.dyn]))];
    const results = args.map((arg) => this.check(arg));
    this.#scopes = this.#scopes.slice(0, -1);
    return macroResult(macro, type, bound, results, this.#bindings);
  }
}

/** The type with new names for the letters of a signature. */
function rename(type: Type, fresh: ReadonlyMap<string, Type>): Type {
  if (type.kind === "param") return fresh.get(type.name) ?? type;
  return type.of.length === 0 ? type : { ...type, of: type.of.map((one) => rename(one, fresh)) };
}

function noOverload(name: string, args: readonly Type[], isMember: boolean): string {
  const [first = "", ...rest] = args.map(typeText);
  const [, operator] = /^_(.+)_$|^(?:.)_$/.exec(name) ?? [];
  if (operator !== undefined)
    return `${operator === "?_:" ? "?:" : operator} does not accept ${[first, ...rest].join(" and ")}`;
  return `${isMember ? `${first}.${name}` : name} does not accept (${(isMember ? rest : [first, ...rest]).join(", ")})`;
}
