import { dirname, isAbsolute, join, relative, resolve } from "node:path";
import { UserError } from "../core/errors.ts";
import type { Existing, IpFamily } from "../core/existing.ts";
import type { Severity } from "../core/finding.ts";
import type { Json } from "../core/json.ts";
import type { Scope } from "../core/scope.ts";
import { isInside } from "../load/paths.ts";
import type { LoadRestrictor } from "../render/kustomize.ts";
import type { Installed } from "../validate/crds/catalog.ts";
import validate from "./config.schema.json?validate";
import { exists, readText } from "./files.ts";
import { demandInside, demandOwn } from "./inside.ts";
import { demand } from "./schema-errors.ts";
import { parseSettings } from "./settings.ts";

/** What a repository says of itself in `gitops.yaml`. Every path in it is relative to that file. */
export interface Config {
  /** What `check` and `render` judge when no TARGET is given. */
  readonly targets?: readonly string[];
  /** The URLs under which this repository is synced; default: those of Git's remotes. */
  readonly repository?: string | readonly string[];
  /** Kubernetes versions that every target must suit. */
  readonly kubernetes?: readonly string[];
  /**
   * Whether kustomize reads files from outside of a kustomization's folder: not by itself, but as Flux runs it.
   * Default: LoadRestrictionsRootOnly.
   */
  readonly loadRestrictor?: LoadRestrictor;
  /** Folders or files with CustomResourceDefinitions of kinds that the cluster has. */
  readonly schemas?: readonly string[];
  /** What the cluster has beside Kubernetes, Flux and Argo CD, of the projects whose definitions come with the gate. */
  readonly installed?: readonly Installed[];
  /** Kinds that may have no schema: `monitoring.coreos.com/v1/ServiceMonitor`, `example.com/*`. Counted as skipped. */
  readonly allowUnknownKinds?: readonly string[];
  /** Of which families the cluster has addresses for Services, those of its `--service-cluster-ip-range`; default: IPv4. */
  readonly ipFamilies?: readonly IpFamily[];
  /** Folders of policies. */
  readonly policies?: readonly string[];
  /** The file of waivers. */
  readonly waivers?: string;
  /** What images expect of their surroundings: the rules `discovery/*` hold pods against it. */
  readonly contracts?: string;
  /** How much is asked: see {@link Profile}. Default: recommended. */
  readonly profile?: Profile;
  /** Rules of another severity than their own, by their ids. */
  readonly rules?: RuleSettings;
  /** What differs for some targets; where several are about one, the last has the last word. */
  readonly overrides?: readonly Override[];
  /** What overlays may change of what they are built on: see `gitops/overlay-scope`. */
  readonly scopes?: readonly Scope[];
  /** What is in the cluster already, and not in this repository: references to it are no dangling ones. */
  readonly cluster?: readonly Existing[];
  /** Typed models that parts of the repository are generated from. */
  readonly generate?: { readonly models: string };
  /** Contexts of the kubeconfig that `up` and `down` may change unasked, `*` for any part of a name. */
  readonly localContexts?: readonly string[];
  /** How `up`, `status`, `logs` and `down` run a target. */
  readonly run?: RunSettings;
  /** How many objects a change may delete from a target; any number where this is not said. */
  readonly maxDeletions?: number;
}

export interface RunSettings {
  /** The target that is meant where none is named. */
  readonly target?: string;
  /** A label selector of Deployments and Services that `down` takes away too, whatever the target renders by now. */
  readonly cleanup?: string;
}

/**
 * `baseline`: what breaks, and no advice. `recommended`: the advice of the gate's own rules as well, as warnings.
 * `strict`: every warning is an error.
 */
export type Profile = "baseline" | "recommended" | "strict";

/** Why a rule is graver or lighter here than it is elsewhere. */
export interface RuleSetting {
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
  /** Absolute folder of gitops.yaml; of the working directory where there is none. */
  readonly root: string;
  /** Absolute folder that policies, waivers, contracts and schemas are read below: `root`, unless another revision judges. */
  readonly home: string;
  /** Absolute path of gitops.yaml, if there is one. */
  readonly path: string | undefined;
  /** How `--config` names it; undefined where it was looked for. */
  readonly named?: string;
  /** The commit that it was read from, where another revision judges. */
  readonly judge?: string;
  /** Absolute top of the checkout that `home` is in, where that is not a repository of its own. */
  readonly top?: string;
}

const configName = "gitops.yaml";

/**
 * Finds and reads the configuration: the file named by `--config`, or the nearest gitops.yaml above `start`, but not
 * beyond the repository that `start` is in, or the folder `top`.
 *
 * @throws UserError when the named file is missing, does not parse, or says something unknown.
 */
export function loadConfig(start: string, named: string | undefined, top?: string): LoadedConfig {
  const path = named === undefined ? find(resolve(start), top) : resolve(named);
  if (path === undefined) return { root: resolve(start), home: resolve(start), path };
  const shown = relative(process.cwd(), path) || path;
  if (named === undefined || top !== undefined) demandOwn(path, top);
  const text = readText(path);
  const value = parseSettings(text, shown) ?? {};
  demand(validate, value, shown, text);
  demandInside(value as Json as Config, dirname(path), shown, top && isInside(top, path) ? top : undefined);
  return { ...(value as Json as Config), root: dirname(path), home: dirname(path), path, ...(named && { named }) };
}

/** A folder, and one in it that stands for the working directory; both absolute. */
export interface Place {
  readonly top: string;
  readonly cwd: string;
}

/**
 * The configuration of another checkout: the file that `--config` names here has the same place there.
 *
 * @throws UserError as {@link loadConfig} does, and where the named file is outside of the repository.
 */
export function configThere(there: Place, here: Place, named: string | undefined): LoadedConfig {
  const path = named === undefined ? undefined : pathIn(there, here, named);
  return { ...loadConfig(there.cwd, path, there.top), ...(named && { named }) };
}

/**
 * The configuration of another checkout, in force in this one: what it names of policies, waivers, contracts and schemas is
 * read there, while targets are judged here. What would run code of this one, the models, is left out.
 *
 * @throws UserError as {@link configThere} does.
 */
export function configOf(there: Place, here: Place, named: string | undefined): LoadedConfig {
  const { generate: _, ...config } = configThere(there, here, named);
  return { ...config, top: there.top, root: join(here.top, relative(there.top, config.home)) };
}

/** What a path of the command line means in the other checkout. @throws UserError where it leads out of it. */
function pathIn(there: Place, here: Place, named: string): string {
  const path = isAbsolute(named) ? join(there.top, relative(here.top, named)) : resolve(there.cwd, named);
  if (isInside(there.top, path)) return path;
  throw new UserError(
    `--config ${named} is outside of the repository ${here.top}: name a file in it, which its revisions have`,
  );
}

function find(folder: string, top?: string): string | undefined {
  const path = join(folder, configName);
  if (exists(path)) return path;
  const parent = dirname(folder);
  return parent === folder || folder === top || exists(join(folder, ".git")) ? undefined : find(parent, top);
}
