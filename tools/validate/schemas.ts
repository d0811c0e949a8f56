import { type JsonObject, own } from "../core/json.ts";
import { once } from "../core/once.ts";
import { allVersions } from "../vocabulary/versions.ts";
import { builtInFile, builtInTypes } from "./built-in.ts";
import { typesOfCrd } from "./crd.ts";
import { crdsOf, type Project, projectsOf } from "./crds/catalog.ts";
import { builtInDemands } from "./demands/index.ts";
import { parseWindow } from "./notation.ts";
import type { Kind, Scope } from "./shape.ts";
import { type TypeFile, TypeTable } from "./types.ts";

/** The kinds that can be checked: built-in ones and those of CustomResourceDefinitions. */
export interface Schemas {
  /** The kind, or undefined if it is unknown. */
  kind(apiVersion: string, kind: string): Kind | undefined;
  /** Every API version that has a kind of this name. */
  apiVersionsOf(kind: string): string[];
  /** The kinds of an API version; empty if it is unknown. */
  kindsOf(apiVersion: string): string[];
}

/** The kinds of one file by name; each is built on first use. */
class KindTable implements Schemas {
  readonly #file: TypeFile;
  readonly #types: TypeTable;
  readonly #made = new Map<string, Kind>();

  constructor(file: TypeFile, types: TypeTable) {
    this.#file = file;
    this.#types = types;
  }

  kind(apiVersion: string, kind: string): Kind | undefined {
    const id = `${apiVersion} ${kind}`;
    const known = this.#made.get(id);
    if (known !== undefined) return known;
    const text = own(own(this.#file.kinds, apiVersion), kind);
    if (text === undefined) return undefined;
    const made = this.#parse(apiVersion, kind, text);
    this.#made.set(id, made);
    return made;
  }

  /**
   * Parses `apps.v1.Deployment namespaced`, optionally with the versions that know it (`1.33..`) and `off` if it must
   * be enabled.
   */
  #parse(apiVersion: string, kind: string, text: string): Kind {
    const [type = "", scope, ...rest] = text.split(" ");
    const window = rest.find((word) => word.includes(".."));
    return {
      apiVersion,
      kind,
      type: this.#types.typeNamed(type),
      scope: scope as Kind["scope"],
      isBuiltIn: scope !== "file",
      versions: window === undefined ? allVersions : parseWindow(window),
      off: rest.includes("off"),
    };
  }

  apiVersionsOf(kind: string): string[] {
    return Object.keys(this.#file.kinds).filter((apiVersion) => own(this.#file.kinds[apiVersion], kind) !== undefined);
  }

  kindsOf(apiVersion: string): string[] {
    return Object.keys(own(this.#file.kinds, apiVersion) ?? {});
  }
}

/** The built-in kinds of every supported version. */
const kubernetes: Schemas = new KindTable(builtInFile, builtInTypes);

/** The kinds of kustomize's own files. */
async function kustomizeKinds(): Promise<Schemas> {
  const file = (await import("./types/kustomize.json", { with: { type: "json" } })).default as unknown as TypeFile;
  return new KindTable(file, new TypeTable(file, builtInDemands));
}
const kustomize = "kustomize.config.k8s.io";

/** The bundled kinds of a project. */
const kindsOfProject = once(async (project: Project): Promise<Schemas> => {
  const kinds = (await crdsOf(project)).flatMap(typesOfCrd);
  return customKinds(kinds.map((kind) => ({ ...kind, bundledOf: project.title })));
});

/**
 * Loads the schemas to check against.
 *
 * @param crds CustomResourceDefinitions of the checked repository; they take precedence over bundled ones
 * @param groups the API groups that occur (`argoproj.io`): no other bundled schemas are loaded
 * @param installed the projects of the catalog that the cluster has, in addition to the tools that apply repositories
 */
export async function loadSchemas(
  crds: readonly JsonObject[] = [],
  groups: Iterable<string> = [],
  installed?: readonly string[],
): Promise<Schemas> {
  const tables: Schemas[] = [kubernetes];
  if (crds.length > 0) tables.unshift(kindsOfCrds(crds));
  const asked = new Set(groups);
  if (asked.has(kustomize)) tables.push(await kustomizeKinds());
  for (const project of projectsOf(asked, installed)) tables.push(await kindsOfProject(project));
  return oneOf(tables);
}

/** The given API groups that have bundled schemas, sorted. */
export function bundledGroups(groups: ReadonlySet<string>, installed?: readonly string[]): string[] {
  const isBundled = (group: string) => group === kustomize || projectsOf(new Set([group]), installed).length > 0;
  return [...groups].filter(isBundled).sort();
}

/** Adds the kinds of more CustomResourceDefinitions, which take precedence. */
export function withCrds(schemas: Schemas, crds: readonly JsonObject[]): Schemas {
  return crds.length === 0 ? schemas : oneOf([kindsOfCrds(crds), schemas]);
}

function oneOf(tables: readonly Schemas[]): Schemas {
  return {
    kind: (apiVersion, kind) => firstOf(tables, (table) => table.kind(apiVersion, kind)),
    apiVersionsOf: (kind) => [...new Set(tables.flatMap((table) => table.apiVersionsOf(kind)))],
    kindsOf: (apiVersion) => tables.flatMap((table) => table.kindsOf(apiVersion)),
  };
}

/** The kinds of definitions; the last definition of a kind wins. */
function kindsOfCrds(crds: readonly JsonObject[]): Schemas {
  return customKinds(crds.flatMap(typesOfCrd));
}

function customKinds(all: readonly Kind[]): Schemas {
  const byId = new Map(all.map((kind) => [`${kind.apiVersion} ${kind.kind}`, kind]));
  const kinds = [...byId.values()];
  return {
    kind: (apiVersion, kind) => byId.get(`${apiVersion} ${kind}`),
    apiVersionsOf: (name) => kinds.filter(({ kind }) => kind === name).map(({ apiVersion }) => apiVersion),
    kindsOf: (wanted) => kinds.filter(({ apiVersion }) => apiVersion === wanted).map(({ kind }) => kind),
  };
}

function firstOf<T, R>(items: readonly T[], find: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The scope of a built-in kind; undefined for other kinds. */
export function scopeOf(apiVersion: string, kind: string): Scope | undefined {
  const scope = kubernetes.kind(apiVersion, kind)?.scope;
  return scope === "namespaced" || scope === "cluster" ? scope : undefined;
}
