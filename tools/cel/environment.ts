import { authorization, authorizationSelectors, jsonPatches, textFormats, versions } from "./library/kubernetes.ts";
import { lists, moreLists } from "./library/lists.ts";
import { type Message, messageOfProtobuf } from "./library/messages.ts";
import { addresses, urls } from "./library/network.ts";
import { operators } from "./library/operators.ts";
import { moreOptionals, optionals, twoNames } from "./library/optionals.ts";
import { quantities } from "./library/quantities.ts";
import { standard } from "./library/standard.ts";
import { strings } from "./library/strings.ts";
import { type Library, type Overload, readSignature } from "./signatures.ts";
import { anyType, readType, type Type, typeOf } from "./types.ts";

/** A macro that is available only in some expressions. */
const bindings: Library = { from: "", functions: {}, macros: ["bind/1"] };

/** All libraries that Kubernetes enables (`environment.MustBaseEnvSet`). */
const libraries: readonly Library[] = [
  operators,
  standard,
  strings,
  lists,
  optionals,
  quantities,
  urls,
  authorization,
  addresses,
  textFormats,
  authorizationSelectors,
  twoNames,
  versions,
  moreOptionals,
  moreLists,
];

/** The names that an expression may refer to. */
export interface Environment {
  variable(name: string): Type | undefined;
  /** A type whose name is a value: `type(x) == int`. */
  typeNamed(name: string): Type | undefined;
  /** A type that can be constructed: `Object{…}`. */
  message(name: string): Message | undefined;
  /** The overloads of a function; empty if there is no function of this name. */
  overloads(name: string): readonly Overload[];
  hasMacro(name: string, names: number): boolean;
}

/** The names that an expression may refer to in addition to the language itself. */
interface Names {
  readonly variables: Readonly<Record<string, Type>>;
  readonly message?: (name: string) => Type | undefined;
  /** Whether it is part of a JSON patch: `jsonpatch.escapeKey`. */
  readonly patches?: boolean;
  /** Whether it may name a value: `cel.bind(name, value, expression)`. */
  readonly binds?: boolean;
}

/** The functions and macros of a Kubernetes version for new expressions. */
class Language {
  readonly #overloads = new Map<string, Overload[]>();
  readonly #macros: ReadonlySet<string>;
  readonly #types: ReadonlyMap<string, Type>;

  constructor(parts: readonly Library[]) {
    for (const { functions } of parts) {
      for (const [signature, run] of Object.entries(functions)) {
        const [name, overload] = readSignature(signature, run);
        const known = this.#overloads.get(name);
        if (known === undefined) this.#overloads.set(name, [overload]);
        else known.push(overload);
      }
    }
    this.#macros = new Set(parts.flatMap(({ macros = [] }) => macros));
    this.#types = new Map(parts.flatMap(({ types = [] }) => types).map((name) => [name, typeOf(namedType(name))]));
  }

  overloads(name: string): readonly Overload[] {
    return this.#overloads.get(name) ?? [];
  }

  typeNamed(name: string): Type | undefined {
    return this.#types.get(name);
  }

  hasMacro(name: string, names: number): boolean {
    return this.#macros.has(`${name}/${names}`);
  }
}

const languages = new Map<string, Language>();

/** The language of a minor version, such as `1.36`. */
function languageOf(
  version: string,
  patches = false,
  binds = false,
): Pick<Environment, "overloads" | "hasMacro" | "typeNamed"> {
  const id = `${version}${patches}${binds}`;
  const known = languages.get(id);
  if (known !== undefined) return known;
  const parts = libraries.filter(({ from }) => minor(from) <= minor(version));
  const language = new Language([...parts, ...(patches ? [jsonPatches] : []), ...(binds ? [bindings] : [])]);
  languages.set(id, language);
  return language;
}

const minor = (version: string) => Number(version.slice(version.indexOf(".") + 1));

/** The type that a name stands for. */
function namedType(name: string): Type {
  if (name === "type") return anyType;
  return readType(
    name.replace(/^google\.protobuf\./, "").replace(/^(Duration|Timestamp)$/, (one) => one.toLowerCase()),
  );
}

/** The environment of an expression in a minor version of Kubernetes, such as `1.36`. */
export function environmentOf(version: string, names: Names): Environment {
  const { variables, message, patches = false, binds = false } = names;
  const language = languageOf(version, patches, binds);
  return {
    variable: (name) => (Object.hasOwn(variables, name) ? variables[name] : undefined),
    typeNamed: (name) => language.typeNamed(name),
    message: (name) => {
      const type = message?.(name);
      return type === undefined ? messageOfProtobuf(name) : { type, field: (field) => type.field?.(field) };
    },
    overloads: (name) => language.overloads(name),
    hasMacro: (name, names) => language.hasMacro(name, names),
  };
}
