import type { Check } from "../vocabulary/place.ts";
import type { Enforcement } from "./demands/enforced.ts";
import { parseField } from "./notation.ts";
import type { Field, ObjectType, Shape } from "./shape.ts";

/** A file in `types/`: kinds by API version, and the types they consist of, in the notation of notation.ts. */
export interface TypeFile {
  readonly kinds: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly types: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** The validation of types beyond their fields. */
export interface Demands {
  /** The check of a type, by its name. */
  of(type: string): Check | undefined;
  /** The versions that validate the content of a field. */
  enforcementOf(type: string, field: string): Enforcement;
}

/** Types by name, each built on first use. */
export class TypeTable {
  readonly #file: TypeFile;
  readonly #demands: Demands;
  readonly #made = new Map<string, ObjectType>();

  constructor(file: TypeFile, demands: Demands) {
    this.#file = file;
    this.#demands = demands;
  }

  readonly typeNamed = (name: string): ObjectType => {
    const known = this.#made.get(name);
    if (known !== undefined) return known;
    if (!Object.hasOwn(this.#file.types, name)) throw new Error(`no type ${name} in this table`);
    const type = new LazyType(name, this.#file.types[name] ?? {}, this.typeNamed, this.#demands);
    this.#made.set(name, type);
    return type;
  };
}

class LazyType implements ObjectType {
  readonly name: string;
  readonly rest: Shape | undefined;
  readonly demand: Check | undefined;
  readonly #notation: Readonly<Record<string, string>>;
  readonly #typeNamed: (name: string) => ObjectType;
  readonly #demands: Demands;
  #fields: Map<string, Field> | undefined;
  #awaited: string[] = [];
  #gated: string[] = [];

  constructor(
    name: string,
    notation: Readonly<Record<string, string>>,
    typeNamed: (name: string) => ObjectType,
    demands: Demands,
  ) {
    this.name = name;
    this.#notation = notation;
    this.#typeNamed = typeNamed;
    this.demand = demands.of(name);
    this.#demands = demands;
  }

  get fields(): Map<string, Field> {
    this.#fields ??= this.#make();
    return this.#fields;
  }

  get awaited(): string[] {
    this.#fields ??= this.#make();
    return this.#awaited;
  }

  get gated(): string[] {
    this.#fields ??= this.#make();
    return this.#gated;
  }

  #make(): Map<string, Field> {
    const fields = new Map<string, Field>();
    for (const [name, text] of Object.entries(this.#notation)) {
      fields.set(name, parseField(text, this.#typeNamed, this.#demands.enforcementOf(this.name, name)));
    }
    const isAwaited = ([name, field]: [string, Field]) =>
      field.required || (field.filled && name !== "status" && wantsMore(field.shape));
    this.#awaited = [...fields].filter(isAwaited).map(([name]) => name);
    this.#gated = [...fields].filter(([, field]) => field.dropped).map(([name]) => name);
    return fields;
  }
}

/** Whether an empty object of this type can be invalid. */
function wantsMore(shape: Shape): boolean {
  return shape.is === "type" && (shape.type.demand !== undefined || shape.type.awaited.length > 0);
}
