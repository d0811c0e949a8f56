import type { IpFamily } from "../core/existing.ts";
import type { Problem, Reason } from "../core/finding.ts";
import { isObject, type Json, type JsonObject } from "../core/json.ts";
import { nearest } from "../core/nearest.ts";
import { join } from "../core/pointer.ts";
import { type VersionSet, windowOf } from "./versions.ts";

/** Looks at one value where it stands and reports what is wrong with it. Gets undefined when the field is absent. */
export interface Check {
  (value: Json | undefined, at: Place): void;
  /** Has nothing to say of an absent field, and need not be asked: most fields that are demanded something are absent. */
  readonly ofGiven?: true;
}

/** Marks a check that has nothing to say of an absent field, whatever surrounds it. */
export function ofGiven(check: Check): Check {
  return Object.assign(check, { ofGiven: true as const });
}

/** Rather one too many: the line of the manifest shows what it is. */
const secretName = /pass|pwd|secret|token|key|credential/i;

/**
 * Where in a resource the walk is, what surrounds that place, and for which versions it is walked. A check reads its
 * surroundings here and reports here; there is no other context, and none of it is global.
 */
export class Place {
  readonly problems: Problem[] = [];
  readonly root: JsonObject;
  readonly apiVersion: string;
  readonly kind: string;
  /** The versions that were asked for. */
  readonly asked: VersionSet;
  /** Those of them that the check at hand speaks of; see {@link within}. */
  versions: VersionSet;
  /** Those of them in which what stands here is validated at all, rather than dropped or ignored. */
  enforced: VersionSet;
  /** Unknown fields are dropped here, not refused. */
  lenient = false;
  /** A kind of Kubernetes itself, not of a CustomResourceDefinition. */
  isBuiltIn = true;
  /** Of which families a cluster gives addresses to Services; `--service-cluster-ip-range` of an API server. */
  ipFamilies: readonly IpFamily[] = ["IPv4"];
  /** Where an update is judged: what people have written, of which follows what is stored. */
  manifests: { readonly before: JsonObject; readonly after: JsonObject } | undefined;
  /** StorageClasses by their names, as far as they are known. */
  storageClasses: ReadonlyMap<string, JsonObject> = new Map();
  /** The object is there already, and this takes its place. */
  isThere = false;
  /** The paths of all types in such a resource that have a field of some name; of what is unknown there are none. */
  seats: (field: string) => readonly (readonly string[])[] = () => [];
  /** Paths of what a removed API wants written otherwise than the one that replaces it: said once, `*` for any element. */
  rewritten: readonly (readonly string[])[] = [];
  /** Rules of custom resources that could not be evaluated. */
  unevaluated = 0;
  /** The rule under which a check reports unless it names another. */
  rule = "apply/field";
  /** Those of the problems that do not hold in all versions asked for, with those in which they do. */
  readonly #windows = new Map<Problem, VersionSet>();
  readonly #tokens: (string | number)[] = [];
  readonly #objects: JsonObject[] = [];
  readonly #types: string[] = [];

  constructor(root: JsonObject, apiVersion: string, kind: string, asked: VersionSet) {
    this.root = root;
    this.apiVersion = apiVersion;
    this.kind = kind;
    this.asked = asked;
    this.versions = asked;
    this.enforced = asked;
  }

  /** Steps into a field or an element; {@link leave} steps back. */
  enter(token: string | number): void {
    this.#tokens.push(token);
  }

  leave(): void {
    this.#tokens.pop();
  }

  /** Makes `object` the {@link parent} until {@link close}. */
  open(object: JsonObject, type: string): void {
    this.#objects.push(object);
    this.#types.push(type);
  }

  close(): void {
    this.#objects.pop();
    this.#types.pop();
  }

  get depth(): number {
    return this.#tokens.length;
  }

  /** The object one of whose fields is looked at; in a check of a whole type, the object itself. */
  get parent(): JsonObject {
    return this.#objects.at(-1) ?? this.root;
  }

  /** The nearest enclosing object of a type: a container's `core.v1.PodSpec`. */
  closest(type: string): JsonObject | undefined {
    const index = this.#types.lastIndexOf(type);
    return index < 0 ? undefined : this.#objects[index];
  }

  /** The last token of the path: the key of a map's value, the name of a field. */
  get token(): string | number {
    return this.#tokens.at(-1) ?? "";
  }

  /** Whether the path runs through a field of this name, at any depth. */
  passes(field: string): boolean {
    return this.#tokens.includes(field);
  }

  /** The way here from the root. */
  get path(): readonly (string | number)[] {
    return [...this.#tokens];
  }

  get pointer(): string {
    return this.#tokens.reduce<string>(join, "");
  }

  /** `Deployment.spec.template.spec.containers[0].image`, or that of a field below. */
  name(...below: (string | number)[]): string {
    return [...this.#tokens, ...below].reduce<string>(dotted, this.kind);
  }

  /** Runs `check` for those of the versions that are in `set`, if any of them was asked for. */
  within(set: VersionSet, check: () => void): void {
    const outer = this.versions;
    this.versions &= set;
    if (this.versions !== 0) check();
    this.versions = outer;
  }

  /** What a Secret holds, and the value of a variable that is called like one, are never shown. */
  get isHidden(): boolean {
    const [first] = this.#tokens;
    if (this.kind === "Secret") return first === "data" || first === "stringData";
    const [list, , field] = this.#tokens.slice(-3);
    return list === "env" && field === "value" && secretName.test(String(this.parent.name));
  }

  /** A value in words, short enough for a sentence. */
  show(value: Json | undefined): string {
    return this.isHidden ? "the value" : shown(value);
  }

  /** The value is not one the field takes. `says` goes on after the field's name: `is 0; …`. */
  invalid(says: string, help?: string): void {
    this.say("Invalid", says, help);
  }

  /** The field is absent or empty; `when` says under which condition it must not be. */
  required(when = "", help?: string): void {
    this.say("Required", when === "" ? "is required" : `is required ${when}`, help);
  }

  /** The field must be absent; `why` says because of what. */
  forbidden(why: string, help = "Remove it."): void {
    this.say("Forbidden", `is not allowed ${why}`, help);
  }

  /** The value is none of a closed list. */
  notSupported(value: Json | undefined, allowed: readonly string[]): void {
    const meant = typeof value === "string" ? nearest(value, allowed) : undefined;
    const help = meant !== undefined ? `Did you mean ${meant}?` : `Use one of ${allowed.join(", ")}.`;
    this.say("NotSupported", `is ${this.show(value)}; only ${allowed.join(", ")} ${verb(allowed)} supported`, help);
  }

  duplicate(value: Json | undefined, help = "Keep one of them, or give one another value."): void {
    this.say("Duplicate", `is ${this.show(value)} a second time`, help);
  }

  tooLong(limit: number, what = "characters"): void {
    this.say("TooLong", `is longer than ${limit} ${what}`, "Shorten it.");
  }

  tooMany(count: number, limit: number): void {
    this.say("TooMany", `has ${count} elements, of at most ${limit}`, "Remove some.");
  }

  /** What the API server takes, and answers with a Warning header. */
  warn(says: string, help?: string): void {
    this.#add({
      rule: "apply/warning",
      pointer: this.pointer,
      message: `${this.name()} ${says}`,
      ...(help && { help }),
    });
  }

  /** Reports at this place, under the current rule, in a sentence that begins with the field's name. */
  say(reason: Reason, says: string, help?: string): void {
    this.report(reason, `${this.name()} ${says}`, help, this.rule);
  }

  /** Reports a whole sentence at this place. A field that is required is said to be so once. */
  report(reason: Reason, sentence: string, help: string | undefined, rule: string): void {
    const pointer = this.pointer;
    const said = (problem: Problem) => problem.pointer === pointer && problem.reason === reason;
    if (reason === "Required" && this.problems.some(said)) return;
    this.#add({ rule, pointer, message: sentence, reason, ...(help && { help }) });
  }

  /** What two demands of different versions say alike is said once, of the versions of both. */
  #add(problem: Problem): void {
    if (this.versions === this.asked) {
      this.problems.push(problem);
      return;
    }
    const same = [...this.#windows.keys()].find(
      ({ rule, pointer, message }) =>
        rule === problem.rule && pointer === problem.pointer && message === problem.message,
    );
    if (same === undefined) this.problems.push(problem);
    this.#windows.set(same ?? problem, this.versions | (same ? (this.#windows.get(same) ?? 0) : 0));
  }

  /** All problems; those that do not hold in every version asked for say in which they do. */
  told(): Problem[] {
    return this.problems.map((problem) => {
      const window = this.#windows.get(problem) ?? this.asked;
      if (window === this.asked) return problem;
      const words = windowOf(window, this.asked, problem.rule === "apply/warning" ? "warned of" : "refused");
      return { ...problem, message: `${problem.message} (${words})` };
    });
  }

  /** Runs a check one step further down. */
  under(token: string | number, check: () => void): void {
    this.enter(token);
    check();
    this.leave();
  }

  /** Runs a check some steps further down. */
  beneath(tokens: readonly (string | number)[], check: () => void): void {
    for (const token of tokens) this.enter(token);
    check();
    for (const _ of tokens) this.leave();
  }
}

function verb(words: readonly string[]): string {
  return words.length === 1 ? "is" : "are";
}

function dotted(path: string, token: string | number): string {
  if (typeof token === "number") return `${path}[${token}]`;
  return /^[\w$-]+$/.test(token) ? `${path}.${token}` : `${path}[${token}]`;
}

const longest = 60;

/** A value as it would be written in a manifest, cut where it gets long. */
export function shown(value: Json | undefined): string {
  if (value === undefined || value === null) return "null";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (isObject(value)) return Object.keys(value).length === 0 ? "an empty object" : "an object";
  if (typeof value !== "string") return String(value);
  return JSON.stringify(value.length > longest ? `${value.slice(0, longest)}…` : value);
}
