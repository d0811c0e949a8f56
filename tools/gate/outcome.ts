import type { Lines } from "../cache/lines.ts";
import { Memo } from "../cache/memo.ts";
import type { Recording } from "../cache/recording.ts";
import { rememberedLater } from "../cache/remembered.ts";
import type { Renderer } from "../cache/renderings.ts";
import type { Finding, Severity } from "../core/finding.ts";
import { isObject, type Json, numberAt } from "../core/json.ts";
import type { TargetFacts } from "../core/repository.ts";
import type { Target } from "../core/resource.ts";
import type { Changes } from "../git/changes.ts";
import type { ComponentUsers } from "../load/component-users.ts";
import { aspects } from "../system/observe.ts";
import { digest } from "../system/snapshot.ts";
import { Ways } from "../system/ways.ts";

/** What the gate came to on one target; plain data, so that it can be remembered. */
export interface Outcome {
  readonly target: Target;
  readonly resources: number;
  readonly skipped: number;
  /** It did not render, or its files did not parse. */
  readonly failed: boolean;
  /** Before waivers. */
  readonly findings: readonly Finding[];
  /** A policy threw. */
  readonly crashed: boolean;
  /** Digests of the CustomResourceDefinitions in it: other targets may hold resources of their kinds. */
  readonly crds: readonly string[];
  /** Digest of those of all targets, where a resource needed one of another target. */
  readonly needs?: string;
  /** Folders of components, and a digest of their users in the repository, where it depends on who those are. */
  readonly components?: { readonly folders: readonly string[]; readonly users: string };
  /** What it means for other targets, by name: see `Outcomes.factsOf`. */
  readonly facts: string;
  /** Policies of the configuration that are in force here, and about nothing in it. */
  readonly idle: readonly string[];
  /** Milliseconds that rendering took when it was done. */
  readonly ms: number;
  /** The version of kustomize that rendered it, where that is another than the run's. */
  readonly kustomize?: string;
  /** It says what is synced. */
  readonly syncs: boolean;
  /** It is known from an earlier run. */
  readonly cached: boolean;
}

/** What another target does about a finding. */
export interface BesideFinding {
  /** Of the finding. */
  readonly key: string;
  readonly help: string;
  /** How grave it is then; undefined where that stays as it is. */
  readonly severity?: Severity | "off";
}

/** What shows only when one target is held against another. */
export interface WholeOutcome {
  readonly findings: readonly Finding[];
  /** Findings of targets that others answer: see `withWhole`. */
  readonly answered: readonly string[];
  /** What is missing in one target and rendered by another, which may go to another cluster: see `withWhole`. */
  readonly beside?: readonly BesideFinding[];
  readonly crashed: boolean;
}

/** Policies that are about nothing in all the targets; none where something could not be judged, and they may be about that. */
export function idleIn(outcomes: readonly Outcome[]): string[] {
  const [first, ...others] = outcomes;
  if (first === undefined || outcomes.some(({ failed }) => failed)) return [];
  return first.idle.filter((id) => others.every(({ idle }) => idle.includes(id)));
}

/** One text for the CustomResourceDefinitions of all targets. @param crds by the paths of targets, digests of each */
export function digestOfCrds(crds: Iterable<readonly [string, readonly string[]]>): string {
  const lines = Array.from(crds, ([path, some]) => `${path} ${some.join(" ")}`).filter((line) => !line.endsWith(" "));
  return digest(lines.sort().join("\n"));
}

/** The outcomes of earlier runs. */
export class Outcomes {
  readonly #memo: Memo;
  readonly #lines: Lines;
  readonly #judge: string;
  readonly #renderer: Renderer;
  #users: Promise<ComponentUsers> | undefined;

  /** @param judge one text for all that judges a target */
  constructor(memo: Memo, lines: Lines, judge: string, renderer: Renderer) {
    this.#memo = memo;
    this.#lines = lines;
    this.#judge = judge;
    this.#renderer = renderer;
  }

  /** Undefined when nothing is known of the target as it is now. */
  get(target: Target): Outcome | undefined {
    const known = this.#memo.get(this.#keyOf(target));
    return known === undefined ? undefined : { ...(known as unknown as Outcome), target, cached: true };
  }

  /** Milliseconds that rendering a target took when it was done last; undefined where that is not known. */
  costOf(target: Target): number | undefined {
    const last = this.#memo.last(this.#keyOf(target));
    return isObject(last) ? numberAt(last, "ms") : undefined;
  }

  /** Notes all that the next outcome of a target comes from; undefined for one that nothing can be known of later. */
  recording({ kind }: Target): Recording | undefined {
    if (kind === "stdin" || !this.#memo.remembers) return undefined;
    const recording = this.#memo.recording();
    const { program } = this.#renderer;
    // It is read when it has done its work: what it is when it begins shows in its metadata.
    if (kind === "kustomization" && program !== undefined) recording.see(program, aspects.kind | aspects.place);
    return recording;
  }

  /** Who uses components, in the repository of a folder. */
  users(cwd: string): Promise<ComponentUsers> {
    this.#users ??= this.#usersIn(cwd);
    return this.#users;
  }

  async #usersIn(cwd: string): Promise<ComponentUsers> {
    const [{ ComponentUsers }, { Groups }] = await Promise.all([
      import("../load/component-users.ts"),
      import("../cache/groups.ts"),
    ]);
    const memo = this.#memo;
    if (!memo.remembers) return new ComponentUsers(cwd);
    return new ComponentUsers(cwd, {
      files: (key, find) => rememberedLater(memo, key, async () => find()),
      each: (key, files, find) => new Groups(memo, key, find).each(files),
    });
  }

  /** Tells of targets of this run whether their outcomes depend on a change; undefined where that is not known. */
  touchedBy(changes: Changes): (target: Target) => boolean | undefined {
    const ways = new Ways();
    const isTouched = this.#memo.dependents(
      (path, mask, isPlain) =>
        changes.touches(path, mask) || (!isPlain && ways.of(path).some((way) => changes.touches(way, mask))),
      changes,
    );
    return (target) => isTouched(this.#keyOf(target));
  }

  /** For targets as they are elsewhere, of which nothing is known: their facts have names here, too. */
  elsewhere(): Outcomes {
    return new Outcomes(new Memo(undefined), this.#lines, this.#judge, this.#renderer);
  }

  put({ target, cached: _, ...outcome }: Outcome, recording: Recording): void {
    const { program } = this.#renderer;
    if (target.kind === "kustomization" && program !== undefined) recording.see(program, aspects.content);
    this.#memo.put(this.#keyOf(target), recording, outcome as unknown as Json);
  }

  /** @returns the name of the facts */
  addFacts(facts: TargetFacts): string {
    return this.#lines.add(facts as unknown as Json);
  }

  /** Undefined when they are lost. */
  factsOf({ facts }: Outcome): TargetFacts | undefined {
    return this.#lines.get(facts) as unknown as TargetFacts | undefined;
  }

  /** What `make` finds in the whole repository, or found when its targets and its files were these. */
  whole(outcomes: readonly Outcome[], isAll: boolean, make: () => Promise<WholeOutcome>): Promise<WholeOutcome> {
    const key = `whole ${isAll} ${this.#judge} ${digest(outcomes.map(({ facts }) => facts).join(" "))}`;
    return rememberedLater(this.#memo, key, make, ({ crashed }) => !crashed);
  }

  #keyOf({ kind, path, found }: Target): string {
    return `${kind} ${path} ${found ? "found " : ""}${this.#judge}${kind === "kustomization" ? ` ${this.#renderer.name}` : ""}`;
  }
}
