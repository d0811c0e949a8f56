import type { FeatureGate, IpFamily } from "../core/existing.ts";
import type { Problem, Reason, Severity } from "../core/finding.ts";
import { isObject, type Json, type JsonObject } from "../core/json.ts";
import { nearest } from "../core/nearest.ts";
import { join } from "../core/pointer.ts";
import { type VersionSet, windowOf } from "./versions.ts";

/** Checks one value and reports problems at its place. Gets undefined if the field is absent. */
export interface Check {
  (value: Json | undefined, at: Place): void;
  /** Never reports an absent field and can be skipped then. This saves time: most fields with demands are absent. */
  readonly ofGiven?: true;
}

/** Marks a check that never reports an absent field, whatever its surroundings. */
export function ofGiven(check: Check): Check {
  return Object.assign(check, { ofGiven: true as const });
}

/** Rules whose own advice does not say to set a missing field. */
const unspecific = new Set(["apply/field", "apply/container", "apply/pod", "apply/image", "apply/service-fields"]);

/** Hides too much rather than too little: the line in the manifest still shows the value. */
const secretName = /pass|pwd|secret|token|key|credential/i;

/**
 * The current place of a walk through a resource, its surroundings, and the versions of Kubernetes in question. Checks
 * read from it and report to it; they have no other context, and none of it is global.
 */
export class Place {
  readonly problems: Problem[] = [];
  readonly root: JsonObject;
  readonly apiVersion: string;
  readonly kind: string;
  /** The requested versions. */
  readonly asked: VersionSet;
  /** The requested versions that the current check applies to; see {@link within}. */
  versions: VersionSet;
  /** The requested versions in which this place is validated, not dropped or ignored. */
  enforced: VersionSet;
  /** Unknown fields are dropped here instead of rejected. */
  lenient = false;
  /** The kind is part of Kubernetes, not of a CustomResourceDefinition. */
  isBuiltIn = true;
  /** The IP families of Service addresses in the cluster (`--service-cluster-ip-range` of the API server). */
  ipFamilies: readonly IpFamily[] = ["IPv4"];
  /** The feature gates that the cluster has on, besides those that are on by default. */
  featureGates: readonly FeatureGate[] = [];
  /** In an update, the manifests as written; the stored objects follow from them. */
  manifests: { readonly before: JsonObject; readonly after: JsonObject } | undefined;
  /** The known StorageClasses, by name. */
  storageClasses: ReadonlyMap<string, JsonObject> = new Map();
  /** The object exists already, and this one replaces it. */
  isThere = false;
  /** The paths of all types in such a resource that have a field of this name; none if the kind is unknown. */
  seats: (field: string) => readonly (readonly string[])[] = () => [];
  /** The problems that another object of this kind would have. */
  problemsOf: (object: JsonObject) => readonly Problem[] = () => [];
  /** Paths that a removed API writes differently than its replacement, or lacks, which is reported once; `*` is any element. */
  rewritten: readonly (readonly string[])[] = [];
  /** How many rules of custom resources could not be evaluated. */
  unevaluated = 0;
  /** The rule that checks report under. */
  rule = "apply/field";
  /** The versions of those problems that do not apply to all requested versions. */
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

  /** The object that holds the current field; in a check of a whole type, the object itself. */
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

  /** Whether the path contains a field of this name, at any depth. */
  passes(field: string): boolean {
    return this.#tokens.includes(field);
  }

  /** The path from the root to this place. */
  get path(): readonly (string | number)[] {
    return [...this.#tokens];
  }

  get pointer(): string {
    return this.#tokens.reduce<string>(join, "");
  }

  /** The path in words, `Deployment.spec.template.spec.containers[0].image`, or that of a field below. */
  name(...below: (string | number)[]): string {
    return [...this.#tokens, ...below].reduce<string>(dotted, this.kind);
  }

  /** Runs `check` for the current versions that are in `set`, if there are any. */
  within(set: VersionSet, check: () => void): void {
    const outer = this.versions;
    this.versions &= set;
    if (this.versions !== 0) check();
    this.versions = outer;
  }

  /** Whether the value must not be shown: the data of a Secret, or a variable with a name like that of a secret. */
  get isHidden(): boolean {
    const [first] = this.#tokens;
    if (this.kind === "Secret") return first === "data" || first === "stringData";
    const [list, , field] = this.#tokens.slice(-3);
    return list === "env" && field === "value" && secretName.test(String(this.parent.name));
  }

  /** A value in words, short enough for a message. */
  show(value: Json | undefined): string {
    return this.isHidden ? "a hidden value" : shown(value);
  }

  /** Reports an invalid value. `says` follows the field's name: `is 0; …`. */
  invalid(says: string, help?: string): void {
    this.say("Invalid", says, help);
  }

  /** Reports an absent or empty field. `when` is the condition under which it is required. */
  required(when = "", help?: string): void {
    const advice = help ?? (unspecific.has(this.rule) ? "Set it." : undefined);
    this.say("Required", when === "" ? "is required" : `is required ${when}`, advice);
  }

  /** Reports a field that must be absent. `why` follows `is not allowed`. */
  forbidden(why: string, help = "Remove it."): void {
    this.say("Forbidden", `is not allowed ${why}`, help);
  }

  /** Reports a field that cannot be set together with another one of the same object. */
  excluded(other: string, reason: "Invalid" | "Forbidden", says: string): void {
    this.report(reason, `${this.name()} ${says}`, "Remove one of the two.", this.rule, other);
  }

  /** Reports a value that is not in a closed list. */
  notSupported(value: Json | undefined, allowed: readonly string[]): void {
    const meant = typeof value === "string" ? nearest(value, allowed) : undefined;
    const one = allowed.length === 1 ? allowed[0] : `one of ${allowed.join(", ")}`;
    const help = meant !== undefined ? `Did you mean ${meant}?` : `Use ${one}.`;
    this.say("NotSupported", `is ${this.show(value)}; only ${allowed.join(", ")} ${verb(allowed)} supported`, help);
  }

  /** Reports a value that an earlier element already has. */
  duplicate(value: Json | undefined, help = "Remove the duplicate, or change its value."): void {
    this.say("Duplicate", `is ${this.show(value)}, which is a duplicate`, help);
  }

  tooLong(limit: number, what = "characters"): void {
    this.say("TooLong", `is longer than ${limit} ${what}`, "Shorten it.");
  }

  tooMany(count: number, limit: number): void {
    this.say(
      "TooMany",
      `has ${count} elements; at most ${limit} ${limit === 1 ? "is" : "are"} allowed`,
      "Remove some.",
    );
  }

  /** Reports what the API server accepts with a Warning header. @param severity default: that of the rule */
  warn(says: string, help?: string, severity?: Severity): void {
    this.#add({
      rule: "apply/warning",
      ...(severity && { severity }),
      pointer: this.pointer,
      message: `${this.name()} ${says}`,
      ...(help && { help }),
    });
  }

  /** Reports at this place, under the current rule. The message is the field's name and `says`. */
  say(reason: Reason, says: string, help?: string): void {
    this.report(reason, `${this.name()} ${says}`, help, this.rule);
  }

  /** Reports a whole sentence at this place. A missing field is reported once. @param beside see {@link Problem} */
  report(reason: Reason, sentence: string, help: string | undefined, rule: string, beside?: string): void {
    const pointer = this.pointer;
    const isSame = (problem: Problem) => problem.pointer === pointer && problem.reason === reason;
    if (reason === "Required" && this.problems.some(isSame)) return;
    this.#add({ rule, pointer, message: sentence, reason, ...(help && { help }), ...(beside && { beside }) });
  }

  /** Merges equal problems of different versions into one problem of all these versions. */
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

  /** All problems. The message names the versions if a problem does not apply to all requested ones. */
  told(): Problem[] {
    return this.problems.map((problem) => {
      const window = this.#windows.get(problem) ?? this.asked;
      if (window === this.asked) return problem;
      const words = windowOf(window, this.asked, problem.rule === "apply/warning" ? "a warning" : "rejected");
      return { ...problem, message: `${problem.message} (${words})` };
    });
  }

  /** Runs a check at a field or element of this place. */
  under(token: string | number, check: () => void): void {
    this.enter(token);
    check();
    this.leave();
  }

  /** Runs a check at a place further down. */
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

/** A value as written in a manifest, truncated if it is long. */
export function shown(value: Json | undefined): string {
  if (value === undefined || value === null) return "null";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (isObject(value)) return Object.keys(value).length === 0 ? "an empty object" : "an object";
  if (typeof value !== "string") return String(value);
  return JSON.stringify(value.length > longest ? `${value.slice(0, longest)}…` : value);
}
