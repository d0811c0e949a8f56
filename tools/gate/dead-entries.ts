import { dirname, resolve } from "node:path";
import { groupBy } from "../core/group.ts";
import type { Target } from "../core/resource.ts";
import type { Closure } from "../load/closure.ts";
import type { ComponentUsers } from "../load/component-users.ts";
import { isComponent } from "../load/kustomization.ts";
import { kustomizationIn, shown } from "../load/paths.ts";
import type { Kustomize } from "../render/kustomize.ts";
import { Observer, type Shared } from "../trace/observe.ts";
import type { Step } from "../trace/step.ts";
import { idOf, type Renderings } from "./renderings.ts";

/** A target that was rendered, and what it is made of. */
export interface Kustomized {
  readonly target: Target;
  readonly closure: Closure;
  readonly kustomize: Kustomize;
  /** What kustomize printed. */
  readonly text?: string | undefined;
}

/** What targets have in common. */
export interface Followed extends Shared {
  readonly users: Pick<ComponentUsers, "of">;
}

/** An entry of a kustomization without which the same is rendered, wherever it is used. */
export interface DeadEntry extends Pick<Step, "file" | "field" | "token" | "at"> {
  /** It applies to nothing; what it sets is there already; a later entry sets it again. */
  readonly because: "nothing" | "equal" | "later";
}

/**
 * The entries of kustomizations that change nothing. Which ones might be is found without kustomize, by following what
 * each does to the resources; each that might is then left out, and only where kustomize renders the same without it in
 * all places of the repository that use it, it is dead. Where there is nothing to suspect, nothing is rendered.
 */
export async function deadEntries(
  targets: readonly Kustomized[],
  renderings: Renderings,
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

interface Suspect extends DeadEntry {
  /** The folders of all kustomizations with which it is rendered. */
  readonly users: readonly string[];
}

/** Entries that seem to do nothing anywhere. */
function suspectsAmong(steps: readonly Step[]): Suspect[] {
  return [...groupBy(steps, idOf).values()].flatMap((uses): Suspect[] => {
    const [step] = uses;
    if (step === undefined || uses.some((one) => one.lasts || one.holds)) return [];
    const touched = uses.some(({ touches }) => touches);
    const because = !touched ? "nothing" : uses.some(({ changes }) => changes) ? "later" : "equal";
    const { file, field, token, at } = step;
    return [{ file, field, token, at, because, users: [...new Set(uses.map(({ user }) => user))] }];
  });
}

/** Kustomizations of the repository outside of these targets that use a suspected component. */
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

/** Those without which each of their users renders the same. */
async function confirmed(
  suspects: readonly Suspect[],
  renderings: Renderings,
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

/** The entries without which the same is rendered: all at once where that is so, else half by half. */
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
