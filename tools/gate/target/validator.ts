import { messageOf } from "../../core/errors.ts";
import type { FeatureGate, IpFamily } from "../../core/existing.ts";
import { glob } from "../../core/glob.ts";
import type { JsonObject } from "../../core/json.ts";
import { once } from "../../core/once.ts";
import { groupOf, type Resource } from "../../core/resource.ts";
import { asApplied } from "../../validate/decrypted.ts";
import { bundledGroups, loadSchemas, type Schemas, type Verdict, validate, withCrds } from "../../validate/index.ts";
import type { Issue } from "./checked.ts";
import { type Conflicts, chooseDefinition, conflictsAmong, type Definition, withPlace } from "./definitions.ts";
import { aboutPlaceholder } from "./placeholders.ts";

export interface ValidationOptions {
  readonly versions: readonly string[];
  /** The IP families of the cluster's Service addresses. */
  readonly ipFamilies?: readonly IpFamily[] | undefined;
  /** The feature gates that the cluster has on, besides those that are on by default. */
  readonly featureGates?: readonly FeatureGate[] | undefined;
  /** CustomResourceDefinitions from the configuration. */
  readonly crds: readonly JsonObject[];
  /** The bundled projects that are installed in the cluster; see {@link Config.installed}. */
  readonly installed?: readonly string[] | undefined;
  /** Patterns of `apiVersion/Kind` for which a missing schema is accepted. */
  readonly allowUnknownKinds: readonly string[];
}

/** The issues of some resources, and those whose kind is not known. */
interface Validated {
  readonly issues: readonly Issue[];
  readonly unknown: readonly Resource[];
}

/** Validates resources as the API server does. Schemas are loaded once for all targets. */
export class Validator {
  readonly #options: ValidationOptions;
  /** By the number of definitions and the bundled API groups that they contain. */
  readonly #schemas = new Map<string, Promise<Schemas>>();
  #conflicts: Conflicts | undefined;

  constructor(options: ValidationOptions) {
    this.#options = options;
  }

  /** Validates resources, except those of unknown kinds. */
  async validate(resources: readonly Resource[]): Promise<Validated> {
    const schemas = await this.#schemasFor(resources, this.#options.crds);
    const unknown: Resource[] = [];
    const issues = resources.flatMap((resource): Issue[] => {
      const verdict = this.#verdictOn(resource, schemas);
      if ("problem" in verdict) return [verdict];
      if (verdict.skipped) unknown.push(resource);
      return verdict.skipped
        ? []
        : verdict.problems.map((problem) => ({ problem: aboutPlaceholder(problem, resource), resource }));
    });
    return { issues, unknown };
  }

  /**
   * Validates resources of kinds that only the CustomResourceDefinitions of all targets define. Among conflicting ones,
   * the target's own take precedence, then the nearest.
   *
   * @param path of the target
   * @param own the definitions in it
   * @param definitions those of all targets; must be the same for each call
   * @returns the issues, and the resources without a schema for which that is accepted
   */
  async validateWith(
    resources: readonly Resource[],
    path: string,
    own: readonly Definition[],
    definitions: readonly Definition[],
  ): Promise<Validated> {
    const crds = definitions.map(({ crd }) => crd);
    const all = await this.#schemasFor(resources, [...this.#options.crds, ...crds]);
    const schemasOf = once(({ crd }: Definition) => withCrds(all, [crd]));
    this.#conflicts ??= conflictsAmong(definitions);
    const conflicts = this.#conflicts;
    const unknown: Resource[] = [];
    const issues = resources.flatMap((resource): Issue[] => {
      const chosen = chooseDefinition(resource, path, own, conflicts);
      const verdict = this.#verdictOn(resource, chosen ? schemasOf(chosen.definition) : all);
      if ("problem" in verdict) return [verdict];
      if (verdict.skipped && this.#mayBeUnknown(resource)) {
        unknown.push(resource);
        return [];
      }
      return verdict.problems.map((problem) => ({
        problem: aboutPlaceholder(chosen ? withPlace(problem, resource, chosen) : problem, resource),
        resource,
      }));
    });
    return { issues, unknown };
  }

  /** If the validation itself fails, that is an issue. */
  #verdictOn(resource: Resource, schemas: Schemas): Verdict | Issue {
    try {
      const { versions, ipFamilies, featureGates } = this.#options;
      return validate(asApplied(resource, schemas), { versions, ipFamilies, featureGates, schemas });
    } catch (error) {
      const message = `this could not be validated: ${messageOf(error)}`;
      const help =
        "This is a bug in the gate. Check the resource with an API server instead: kubectl apply --dry-run=server.";
      return { problem: { rule: "schema/value", pointer: "", message, help }, resource, crash: true };
    }
  }

  /** Loads schemas; bundled ones only for API groups that occur. */
  #schemasFor(resources: readonly Resource[], crds: readonly JsonObject[]): Promise<Schemas> {
    const { installed } = this.#options;
    const groups = bundledGroups(new Set(resources.map(({ apiVersion }) => groupOf(apiVersion))), installed);
    const key = `${crds.length} ${groups.join(" ")}`;
    const known = this.#schemas.get(key) ?? loadSchemas(crds, groups, installed);
    this.#schemas.set(key, known);
    return known;
  }

  #mayBeUnknown({ apiVersion, kind }: Resource): boolean {
    return this.#options.allowUnknownKinds.some((pattern) => glob(pattern).test(`${apiVersion}/${kind}`));
  }
}
