import type { ContentStore } from "../../cache/content-store.ts";
import { Memo } from "../../cache/memo.ts";
import type { Recording } from "../../cache/recording.ts";
import { remembered } from "../../cache/remembered.ts";
import type { Renderer } from "../../cache/renderings.ts";
import type { Finding } from "../../core/finding.ts";
import { isObject, type Json, numberAt } from "../../core/json.ts";
import type { TargetFacts } from "../../core/repository.ts";
import type { Target } from "../../core/resource.ts";
import type { Changes } from "../../git/changes.ts";
import type { ComponentUsers } from "../../load/component-users.ts";
import { aspects, note } from "../../system/observe.ts";
import { digest } from "../../system/snapshot.ts";
import { Ways } from "../../system/ways.ts";

/** The result of checking one target; plain data, so that it can be cached. */
export interface Outcome {
  readonly target: Target;
  readonly resources: number;
  readonly skipped: number;
  /** It did not render, or only in part, or its files did not parse. */
  readonly failed: boolean;
  /** Before waivers. */
  readonly findings: readonly Finding[];
  /** Whether a policy threw. */
  readonly crashed: boolean;
  /** Digests of its CustomResourceDefinitions: other targets may contain resources of their kinds. */
  readonly crds: readonly string[];
  /** Digest of the definitions of all targets, if a resource needed one from another target. */
  readonly crdsNeeded?: string;
  /** Folders of components, and a digest of their users in the repository, if the outcome depends on these. */
  readonly components?: { readonly folders: readonly string[]; readonly users: string };
  /** Name of its facts for other targets; see `Outcomes.factsOf`. */
  readonly facts: string;
  /** Ids of configured policies that are enabled here but match nothing. */
  readonly unmatched: readonly string[];
  /** Time of the last rendering, in milliseconds. */
  readonly ms: number;
  /** The version of kustomize that rendered it, if it differs from the run's. */
  readonly kustomize?: string;
  /** Whether it contains resources that configure syncing, such as Applications. */
  readonly syncs: boolean;
  /** Whether it comes from an earlier run. */
  readonly cached: boolean;
}

/** Policies that match nothing in any target; none if a target failed, since they may match something in it. */
export function unmatchedIn(outcomes: readonly Outcome[]): string[] {
  const [first, ...others] = outcomes;
  if (first === undefined || outcomes.some(({ failed }) => failed)) return [];
  return first.unmatched.filter((id) => others.every(({ unmatched }) => unmatched.includes(id)));
}

/**
 * A digest of the CustomResourceDefinitions of all targets.
 *
 * @param crds digests of definitions, by the paths of targets
 */
export function digestOfCrds(crds: Iterable<readonly [string, readonly string[]]>): string {
  const lines = Array.from(crds, ([path, some]) => `${path} ${some.join(" ")}`).filter((line) => !line.endsWith(" "));
  return digest(lines.sort().join("\n"));
}

/** The outcomes of earlier runs. */
export class Outcomes {
  readonly #memo: Memo;
  readonly #store: ContentStore;
  readonly #settings: string;
  readonly #renderer: Renderer;
  #users: Promise<ComponentUsers> | undefined;

  /** @param settings a digest of everything that affects how targets are checked */
  constructor(memo: Memo, store: ContentStore, settings: string, renderer: Renderer) {
    this.#memo = memo;
    this.#store = store;
    this.#settings = settings;
    this.#renderer = renderer;
  }

  /** The outcome of a target; undefined if there is no valid one. */
  get(target: Target): Outcome | undefined {
    const known = this.#memo.get(this.#keyOf(target));
    return known === undefined ? undefined : { ...(known as unknown as Outcome), target, cached: true };
  }

  /** Time of a target's last rendering, in milliseconds; undefined if unknown. */
  costOf(target: Target): number | undefined {
    const last = this.#memo.last(this.#keyOf(target));
    return isObject(last) ? numberAt(last, "ms") : undefined;
  }

  /** Starts recording the dependencies of a target's outcome; undefined if it cannot be cached. */
  recording({ kind }: Target): Recording | undefined {
    if (kind === "stdin" || !this.#memo.remembers) return undefined;
    const recording = this.#memo.recording();
    const { program } = this.#renderer;
    // Its metadata is recorded before it runs; its content is read afterwards.
    if (kind === "kustomization" && program !== undefined) recording.see(program, aspects.kind | aspects.place);
    return recording;
  }

  /** Finds the users of components in a repository. @param cwd the working directory */
  users(cwd: string): Promise<ComponentUsers> {
    this.#users ??= this.#usersIn(cwd);
    return this.#users;
  }

  async #usersIn(cwd: string): Promise<ComponentUsers> {
    const [{ ComponentUsers }, { FileGroups }] = await Promise.all([
      import("../../load/component-users.ts"),
      import("../../cache/file-groups.ts"),
    ]);
    const memo = this.#memo;
    if (!memo.remembers) return new ComponentUsers(cwd);
    return new ComponentUsers(cwd, {
      files: (key, find) => remembered(memo, key, async () => find()),
      each: (key, files, find) => new FileGroups(memo, key, find).each(files),
    });
  }

  /**
   * Whether the outcomes of this run's targets, or of their variants, depend on a change; the returned function gives
   * undefined if unknown.
   */
  touchedBy(changes: Changes): (target: Target, variant?: string) => boolean | undefined {
    const ways = new Ways();
    const isTouched = this.#memo.dependents(
      (path, mask, isPlain) =>
        changes.touches(path, mask) || (!isPlain && ways.of(path).some((way) => changes.touches(way, mask))),
      changes,
    );
    return (target, variant) => {
      return isTouched(variant === undefined ? this.#keyOf(target) : this.#variantKeyOf(target, variant));
    };
  }

  /** Outcomes for targets of another checkout: nothing is cached, but their facts are stored here too. */
  elsewhere(): Outcomes {
    return new Outcomes(new Memo(undefined), this.#store, this.#settings, this.#renderer);
  }

  /** Stores an outcome with its dependencies. */
  put({ target, cached: _, ...outcome }: Outcome, recording: Recording): void {
    const { program } = this.#renderer;
    if (target.kind === "kustomization" && program !== undefined) recording.see(program, aspects.content);
    this.#memo.put(this.#keyOf(target), recording, outcome as unknown as Json);
  }

  /**
   * The result of `make` for a target as something applies it, from the cache if nothing that it reads has changed.
   *
   * @param what identifies what is added to the target, and everything else that `make` depends on
   * @param isSound whether a result may be cached
   */
  variant<T>(target: Target, what: string, make: () => Promise<T>, isSound: (made: T) => boolean): Promise<T> {
    const program = target.kind === "kustomization" ? this.#renderer.program : undefined;
    const rendered = async () => {
      if (program !== undefined) note(program, aspects.kind | aspects.place);
      const made = await make();
      if (program !== undefined) note(program, aspects.content);
      return made;
    };
    return remembered(this.#memo, this.#variantKeyOf(target, what), rendered, isSound);
  }

  /** Stores facts. @returns their name */
  addFacts(facts: TargetFacts): string {
    return this.#store.add(facts as unknown as Json);
  }

  /** The facts of an outcome; undefined if they are lost. */
  factsOf({ facts }: Pick<Outcome, "facts">): TargetFacts | undefined {
    return this.#store.get(facts) as unknown as TargetFacts | undefined;
  }

  /**
   * The result of `make`, which compares all targets, from the cache if targets and files are unchanged.
   *
   * @param what distinguishes comparisons
   * @param facts the names of the facts of all targets
   */
  comparison<T extends { readonly crashed: boolean }>(
    what: string,
    facts: readonly string[],
    isComplete: boolean,
    make: () => Promise<T>,
  ): Promise<T> {
    const key = `${what} ${isComplete} ${this.#settings} ${digest(facts.join(" "))}`;
    return remembered(this.#memo, key, make, ({ crashed }) => !crashed);
  }

  #variantKeyOf(target: Target, what: string): string {
    // Manifests are built with kustomize, too, if something is added to them.
    return `variant ${what} ${this.#renderer.name} ${this.#keyOf(target)}`;
  }

  #keyOf({ kind, path, found }: Target): string {
    return `${kind} ${path} ${found ? "found " : ""}${this.#settings}${kind === "kustomization" ? ` ${this.#renderer.name}` : ""}`;
  }
}
