import { dyn, param, sameType, type Type } from "./types.ts";

/** The types that open types (`param`) are bound to, found by unification. */
export class Bindings {
  #bound: Map<string, Type>;
  #open = 0;

  constructor(bound: ReadonlyMap<string, Type> = new Map()) {
    this.#bound = new Map(bound);
  }

  /** A new open type. */
  newType(): Type {
    return param(`_${this.#open++}`);
  }

  /** Whether all types fit pairwise; new bindings are kept only if they do. */
  fit(left: readonly Type[], right: readonly Type[]): boolean {
    if (left.length !== right.length) return false;
    const before = new Map(this.#bound);
    if (left.every((type, index) => this.#fits(type, right[index] as Type))) return true;
    this.#bound = before;
    return false;
  }

  /** The type with its bindings filled in; with `openIsDyn`, types that are still open become `dyn`. */
  filled(type: Type, openIsDyn = false): Type {
    const bound = type.kind === "param" ? this.#bound.get(type.name) : undefined;
    if (bound !== undefined) return this.filled(bound, openIsDyn);
    if (type.kind === "param") return openIsDyn ? dyn : type;
    if (type.of.length === 0) return type;
    return { ...type, of: type.of.map((one) => this.filled(one, openIsDyn)) };
  }

  /** The more general of two types that fit. */
  wider(a: Type, b: Type): Type {
    return isAtMostAsSpecific(a, b) ? a : b;
  }

  #fits(a: Type, b: Type): boolean {
    if (b.kind === "param") {
      const { valid, hasBinding } = this.#bind(a, b);
      if (valid) return true;
      if (hasBinding) return false;
    }
    if (a.kind === "param") return this.#bind(b, a).valid;
    if (a.kind === "dyn" || b.kind === "dyn") return true;
    if (a.kind === "null_type") return isNullable(b);
    if (b.kind === "null_type") return isNullable(a);
    if (a.kind === "type") return b.kind === "type";
    if (a.kind !== b.kind || a.name !== b.name || a.of.length !== b.of.length) return false;
    return a.of.every((one, index) => this.#fits(one, b.of[index] as Type));
  }

  /** Binds the open type `open` to `type`, unless that contradicts its binding. */
  #bind(type: Type, open: Type): { valid: boolean; hasBinding: boolean } {
    if (sameType(type, open)) return { valid: true, hasBinding: true };
    const bound = this.#bound.get(open.name);
    if (bound === undefined) {
      if (this.#occurs(open, type)) return { valid: false, hasBinding: false };
      this.#bound.set(open.name, type);
      return { valid: true, hasBinding: false };
    }
    if (sameType(type, bound)) return { valid: true, hasBinding: true };
    if (!this.#fits(type, bound)) return { valid: false, hasBinding: true };
    const wider = this.wider(type, bound);
    if (!this.#occurs(open, wider)) this.#bound.set(open.name, wider);
    return { valid: true, hasBinding: true };
  }

  /** Whether an open type occurs in a type, which would make the type infinite. */
  #occurs(open: Type, within: Type): boolean {
    if (sameType(open, within)) return true;
    if (within.kind === "param") {
      const bound = this.#bound.get(within.name);
      return bound !== undefined && this.#occurs(open, bound);
    }
    return within.of.some((one) => this.#occurs(open, one));
  }
}

function isNullable({ kind, isNullable = false }: Type): boolean {
  return isNullable || ["null_type", "struct", "opaque", "duration", "timestamp"].includes(kind);
}

/** Whether `a` is equal to or more general than `b`. */
function isAtMostAsSpecific(a: Type, b: Type): boolean {
  if (a.kind === "dyn" || a.kind === "param") return true;
  if (b.kind === "dyn" || b.kind === "param") return false;
  if (a.kind !== b.kind || a.name !== b.name || a.of.length !== b.of.length) return false;
  return a.kind === "type" || a.of.every((one, index) => isAtMostAsSpecific(one, b.of[index] as Type));
}
