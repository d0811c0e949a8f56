import { dirname, resolve } from "node:path";
import { groupBy } from "../../core/group.ts";
import type { Target } from "../../core/resource.ts";
import type { Closure } from "../../load/closure.ts";
import type { ComponentUsers } from "../../load/component-users.ts";
import { isComponent } from "../../load/kustomization.ts";
import { kustomizationIn, shown } from "../../load/paths.ts";
import type { Kustomize } from "../../render/kustomize.ts";
import { Observer, type Shared } from "../../trace/observe.ts";
import type { Step } from "../../trace/step.ts";
import { idOf, type PartialRenderings } from "./partial-renderings.ts";

/** A rendered target and its inputs. */
export interface Kustomized {
  readonly target: Target;
  readonly closure: Closure;
  readonly kustomize: Kustomize;
  /** The output of kustomize. */
  readonly text?: string | undefined;
}

/** Caches that targets share. */
export interface Followed extends Shared {
  readonly users: Pick<ComponentUsers, "of">;
}

/** An entry of a kustomization that does not affect the output of any of its users. */
export interface DeadEntry extends Pick<Step, "file" | "field" | "token" | "at" | "meant"> {
  /** It applies to nothing; it only repeats what is already set; or a later entry overrides it. */
  readonly because: "nothing" | "equal" | "later";
}

/**
 * The entries of kustomizations that change nothing. Suspects are found without kustomize, by tracking what each entry
 * does to the resources. A suspect is dead if all its users in the repository render the same without it. If there are
 * no suspects, nothing is rendered.
 */
export async function deadEntries(
  targets: readonly Kustomized[],
  renderings: PartialRenderings,
  shared: Followed,
): Promise<DeadEntry[]> {
  const [first] = targets;
  if (first === undefined) return [];
  const { cwd } = renderings;
  const observer = new Observer(shared);
  for (const { target } of targets) observer.follow(target.path);
  const suspects = suspectsAmong(observer.steps());
  if (suspects.length === 0) return [];
  const users = await otherUsers(suspects, targets, shared.users, cwd);
  for (const user of users) observer.follow(user);
  const all = users.length === 0 ? suspects : suspectsAmong(observer.steps());
  for (const { target, kustomize, text } of targets)
    if (text !== undefined) renderings.know(target.path, kustomize, text);
  return confirmed(all, renderings, (user) => {
    const file = kustomizationIn(resolve(cwd, user));
    const using = targets.find((one) => one.closure.kustomizations.some((each) => each.file === file));
    return (using ?? first).kustomize;
  });
}

export interface Suspect extends DeadEntry {
  /** The folders of all kustomizations that include it in their output. */
  readonly users: readonly string[];
}

/** Entries that seem to do nothing anywhere. */
export function suspectsAmong(steps: readonly Step[]): Suspect[] {
  return [...groupBy(steps, idOf).values()].flatMap((uses): Suspect[] => {
    const [step] = uses;
    if (step === undefined || uses.some((one) => one.lasts || one.holds)) return [];
    const touched = uses.some(({ touches }) => touches);
    const because = !touched ? "nothing" : uses.some(({ changes }) => changes) ? "later" : "equal";
    const { file, field, token, at, meant } = step;
    const users = [...new Set(uses.map(({ user }) => user))];
    return [{ file, field, token, at, because, users, ...(meant && { meant }) }];
  });
}

/** Kustomizations in the repository, outside these targets, that use a suspected component. */
async function otherUsers(
  suspects: readonly Suspect[],
  targets: readonly Kustomized[],
  users: Pick<ComponentUsers, "of">,
  cwd: string,
): Promise<string[]> {
  const known = targets.flatMap(({ closure }) => closure.kustomizations);
  const files = new Set(suspects.map(({ file }) => file));
  const components = known.filter((one) => files.has(one.shown) && isComponent(one)).map(({ file }) => dirname(file));
  const seen = new Set(known.map(({ file }) => shown(cwd, dirname(file))));
  return (await users.of([...new Set(components)].sort())).filter((user) => !seen.has(user));
}

/** The suspects without which all their users render the same. */
async function confirmed(
  suspects: readonly Suspect[],
  renderings: PartialRenderings,
  kustomizeOf: (user: string) => Kustomize,
): Promise<DeadEntry[]> {
  const dead = new Set(suspects);
  const users = [...new Set(suspects.flatMap((suspect) => suspect.users))].sort();
  for (const user of users) {
    const own = suspects.filter((suspect) => dead.has(suspect) && suspect.users.includes(user));
    const alike = new Set(await withoutEffect(own, (left) => renderings.isSame(user, kustomizeOf(user), left)));
    for (const suspect of own) if (!alike.has(suspect)) dead.delete(suspect);
  }
  return suspects.filter((suspect) => dead.has(suspect)).map(({ users: _, ...entry }) => entry);
}

/** The entries that can be removed without changing the output; found by bisection. */
async function withoutEffect(
  entries: readonly Suspect[],
  isSame: (left: readonly Suspect[]) => Promise<boolean>,
): Promise<readonly Suspect[]> {
  if (entries.length === 0 || (await isSame(entries))) return entries;
  if (entries.length === 1) return [];
  const half = entries.length >> 1;
  return [
    ...(await withoutEffect(entries.slice(0, half), isSame)),
    ...(await withoutEffect(entries.slice(half), isSame)),
  ];
}
