import { dirname, isAbsolute, join, relative, resolve } from "node:path";
import { UserError } from "../core/errors.ts";
import type { Existing, FeatureGate, IpFamily } from "../core/existing.ts";
import type { Severity } from "../core/finding.ts";
import type { Json } from "../core/json.ts";
import type { Scope } from "../core/scope.ts";
import { isInside } from "../load/paths.ts";
import type { LoadRestrictor } from "../render/kustomize.ts";
import type { Installed } from "../validate/crds/catalog.ts";
import validate from "./config.schema.json?validate";
import { exists, readText } from "./files.ts";
import { demandInside, demandOwn } from "./inside.ts";
import { demandKinds } from "./kinds.ts";
import { demand } from "./schema-errors.ts";
import { parseSettings } from "./settings.ts";

/** The settings of a repository in `gitops.yaml`. Paths are relative to that file. */
export interface Config {
  /** What `check` and `render` use if no TARGET is given. */
  readonly targets?: readonly string[];
  /** The URLs under which this repository is synced; default: those of Git's remotes. */
  readonly repository?: string | readonly string[];
  /** Kubernetes versions that every target must work with. */
  readonly kubernetes?: readonly string[];
  /**
   * Whether kustomize reads files outside of a kustomization's folder: it does not by default, but does in Flux.
   * Default: LoadRestrictionsRootOnly.
   */
  readonly loadRestrictor?: LoadRestrictor;
  /** Folders or files with CustomResourceDefinitions that the cluster has. */
  readonly schemas?: readonly string[];
  /** What is installed in the cluster besides Flux and Argo CD, out of the projects whose definitions come with the gate. */
  readonly installed?: readonly Installed[];
  /** Kinds that need no schema: `monitoring.coreos.com/v1/ServiceMonitor`, `example.com/*`. Counted as skipped. */
  readonly allowUnknownKinds?: readonly string[];
  /** Families of the cluster's Service addresses, as in its `--service-cluster-ip-range`; default: IPv4. */
  readonly ipFamilies?: readonly IpFamily[];
  /** Feature gates that the cluster has on, although they are off by default in its version. */
  readonly featureGates?: readonly FeatureGate[];
  /** Folders of policies. */
  readonly policies?: readonly string[];
  /** The file of waivers. */
  readonly waivers?: string;
  /** What images expect of their environment, for the rules `discovery/*`. */
  readonly contracts?: string;
  /** How strict the gate is: see {@link Profile}. Default: recommended. */
  readonly profile?: Profile;
  /** Other severities for rules, by their ids. */
  readonly rules?: RuleSettings;
  /** Settings for some targets; if several match a target, the last wins. */
  readonly overrides?: readonly Override[];
  /** What overlays may change in what they build on: see `gitops/overlay-scope`. */
  readonly scopes?: readonly Scope[];
  /** What exists in the cluster but not in this repository: references to it are not reported as dangling. */
  readonly cluster?: readonly Existing[];
  /** Typed models from which parts of the repository are generated. */
  readonly generate?: { readonly models: string };
  /** Contexts of the kubeconfig that `up` and `down` may change without asking, `*` for any part of a name. */
  readonly localContexts?: readonly string[];
  /** How `up`, `status`, `logs` and `down` run a target. */
  readonly run?: RunSettings;
  /** How many objects a change may delete from a target; unlimited by default. */
  readonly maxDeletions?: number;
}

interface RunSettings {
  /** The default target. */
  readonly target?: string;
  /** A label selector for Deployments and Services that `down` also deletes, whatever the target renders now. */
  readonly cleanup?: string;
}

/**
 * `baseline`: only what breaks, no advice. `recommended`: also the advice of the gate's own rules, as warnings.
 * `strict`: every warning is an error.
 */
export type Profile = "baseline" | "recommended" | "strict";

/** A severity for a rule that differs from its own, and why. */
interface RuleSetting {
  readonly severity: Severity | "off";
  readonly reason: string;
}

export type RuleSettings = Readonly<Record<string, RuleSetting>>;

export interface Override {
  /** Paths of targets, relative to gitops.yaml, `*` for any part of a name. */
  readonly match: string | readonly string[];
  readonly reason: string;
  readonly profile?: Profile;
  readonly rules?: RuleSettings;
  readonly maxDeletions?: number;
}

export interface LoadedConfig extends Config {
  /** Absolute folder of gitops.yaml; without one, the working directory. */
  readonly root: string;
  /** Absolute folder for policies, waivers, contracts and schemas: `root`, unless another revision judges. */
  readonly home: string;
  /** Absolute path of gitops.yaml, if there is one. */
  readonly path: string | undefined;
  /** The value of `--config`; undefined if the file was searched for. */
  readonly named?: string;
  /** The commit that it was read from, if another revision judges. */
  readonly judge?: string;
  /** Absolute root of the checkout that holds `home`, if that is not a repository of its own. */
  readonly top?: string;
}

const configName = "gitops.yaml";

/**
 * Finds and reads the configuration: the file named by `--config`, or the nearest gitops.yaml in or above `start`, but not
 * beyond the repository of `start` or the folder `top`.
 *
 * @throws UserError if the named file is missing, does not parse, or has unknown settings.
 */
export function loadConfig(start: string, named: string | undefined, top?: string): LoadedConfig {
  const path = named === undefined ? nearestConfig(resolve(start), top) : resolve(named);
  if (path === undefined) return { root: resolve(start), home: resolve(start), path };
  const shown = relative(process.cwd(), path) || path;
  if (named === undefined || top !== undefined) demandOwn(path, top);
  const text = readText(path);
  const value = parseSettings(text, shown) ?? {};
  demand(validate, value, shown, text);
  demandKinds((value as Json as Config).cluster ?? [], shown, text);
  demandInside(value as Json as Config, dirname(path), shown, top && isInside(top, path) ? top : undefined);
  return { ...(value as Json as Config), root: dirname(path), home: dirname(path), path, ...(named && { named }) };
}

/** A checkout, and the folder in it that acts as the working directory; both absolute. */
export interface Place {
  readonly top: string;
  readonly cwd: string;
}

/**
 * The configuration of another checkout: the file that `--config` names is read at the same path there.
 *
 * @throws UserError as {@link loadConfig} does, and if the named file is outside of the repository.
 */
export function configThere(there: Place, here: Place, named: string | undefined): LoadedConfig {
  const path = named === undefined ? undefined : pathIn(there, here, named);
  return { ...loadConfig(there.cwd, path, there.top), ...(named && { named }) };
}

/**
 * The configuration of another checkout, applied to this one: its policies, waivers, contracts and schemas are read there,
 * while targets are judged here. The models are left out: they would run code of this checkout.
 *
 * @throws UserError as {@link configThere} does.
 */
export function configOf(there: Place, here: Place, named: string | undefined): LoadedConfig {
  const { generate: _, ...config } = configThere(there, here, named);
  return { ...config, top: there.top, root: join(here.top, relative(there.top, config.home)) };
}

/** The path in the other checkout for a path on the command line. @throws UserError if it leads out of the checkout. */
function pathIn(there: Place, here: Place, named: string): string {
  const path = isAbsolute(named) ? join(there.top, relative(here.top, named)) : resolve(there.cwd, named);
  if (isInside(there.top, path)) return path;
  throw new UserError(
    `--config ${named} is outside of the repository ${here.top}: name a file in it, so that its revisions have it too`,
  );
}

/** The nearest gitops.yaml in or above a folder, but not beyond its repository or the folder `top`; absolute. */
export function nearestConfig(folder: string, top?: string): string | undefined {
  const path = join(folder, configName);
  if (exists(path)) return path;
  const parent = dirname(folder);
  return parent === folder || folder === top || exists(join(folder, ".git")) ? undefined : nearestConfig(parent, top);
}
