import { UserError } from "../core/errors.ts";
import { isObject, type JsonObject, objectAt, stringAt } from "../core/json.ts";
import { type Resource, resourceOf } from "../core/resource.ts";
import { canonical } from "../render/canonical.ts";
import { lookUp } from "../system/path.ts";
import { type RunResult, run, type Stream, type StreamOptions, stream } from "../system/process.ts";
import { type Kubeconfig, kubeconfigOf } from "./context.ts";
import { itemsOf } from "./state.ts";

/** kubectl with a fixed context. */
export interface Kubectl {
  readonly context: string;
  /** Runs kubectl until it exits, with any exit status. */
  readonly run: (args: readonly string[], options?: CallOptions) => Promise<RunResult>;
  /** Parses the output of `-o json`. @throws UserError with kubectl's error message */
  readonly json: (args: readonly string[], options?: CallOptions) => Promise<JsonObject>;
  /** Starts kubectl and passes on its lines. */
  readonly stream: (args: readonly string[], options: Listener) => Stream;
}

interface Input {
  /** Standard input for `-f -`. */
  readonly resources?: readonly Resource[];
}

type Listener = Input & Pick<StreamOptions, "onLine" | "onError">;

/** Options of a kubectl call. */
export interface CallOptions extends Input {
  /** Milliseconds. */
  readonly timeout?: number;
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
}

const install = "https://kubernetes.io/docs/tasks/tools/";
/** The oldest minor version that Kubernetes still supported at the time of writing; it is tested. */
const oldest = 32;
const maxOutput = 256 << 20;

/** The path of the kubectl on PATH. @throws UserError if there is none */
export function findKubectl(env: Readonly<Record<string, string | undefined>>): string {
  const path = lookUp("kubectl", env);
  if (path === undefined)
    throw new UserError(`kubectl is not installed, but is needed to talk to the cluster; ${install}`);
  return path;
}

/** Reads the contexts that kubectl knows. @throws UserError if kubectl fails */
export async function readKubeconfig(path: string): Promise<Kubeconfig> {
  return kubeconfigOf(await printed(path, ["config", "view", "-o", "json"]));
}

/** kubectl with a fixed context, because the current context may change during a run. */
export function kubectlOn(path: string, context: string): Kubectl {
  const withContext = (args: readonly string[]) => ["--context", context, ...args];
  return {
    context,
    run: (args, options) => call(path, withContext(args), options),
    json: (args, options) => printed(path, withContext([...args, "-o", "json"]), options),
    stream: (args, { resources, ...heard }) => stream(path, withContext(args), { ...heard, ...inputOf(resources) }),
  };
}

/**
 * The Kubernetes version of the cluster, such as `1.36`.
 *
 * @throws UserError if the cluster does not answer or kubectl is too old
 */
export async function serverVersion({ run: call, context }: Kubectl): Promise<string> {
  const args = ["version", "-o", "json", "--request-timeout", "10s"];
  const { stdout, stderr } = await call(args, { timeout: 30_000 });
  const answer = objectOf(stdout.toString("utf8"));
  const client = stringAt(objectAt(answer, "clientVersion"), "gitVersion") ?? "";
  const minor = /^v1\.(\d+)/.exec(client)?.[1];
  if (minor !== undefined && Number(minor) < oldest)
    throw new UserError(`kubectl ${client} is too old: 1.${oldest} or later is needed; ${install}`);
  const server = /^v(\d+\.\d+)/.exec(stringAt(objectAt(answer, "serverVersion"), "gitVersion") ?? "")?.[1];
  if (server !== undefined) return server;
  throw new UserError(`the cluster of context ${context} does not answer: is it running?\n${complaintOf(stderr)}`);
}

/** The last lines of kubectl's error output, without klog lines (`E0102 …`). */
export function complaintOf(stderr: string): string {
  const lines = stderr.split("\n").filter((line) => line.trim() !== "" && !/^[IWE]\d{4} /.test(line));
  return lines.slice(-20).join("\n");
}

/** The objects in the output of `-o json`; kubectl prints nothing if there are none. */
export function objectsIn({ stdout }: RunResult): Resource[] {
  const printed = objectOf(stdout.toString("utf8"));
  return printed === undefined ? [] : itemsOf(printed).map((object) => resourceOf(object));
}

async function call(
  path: string,
  args: readonly string[],
  { resources, timeout, env }: CallOptions = {},
): Promise<RunResult> {
  const more = env === undefined ? {} : { env: { ...(process.env as Record<string, string>), ...env } };
  return run(path, args, { timeout: timeout ?? 60_000, maxOutput, ...inputOf(resources), ...more });
}

function inputOf(resources: readonly Resource[] | undefined): { readonly input?: string } {
  return resources === undefined ? {} : { input: canonical(resources) };
}

async function printed(path: string, args: readonly string[], options?: CallOptions): Promise<JsonObject> {
  const { code, limit, stdout, stderr } = await call(path, args, options);
  const words = `kubectl ${(args[0] === "--context" ? args.slice(2) : args).slice(0, 2).join(" ")}`;
  if (limit === "timeout") throw new UserError(`${words} did not answer in time`);
  if (code !== 0) throw new UserError(`${words} failed:\n${complaintOf(stderr)}`);
  const object = objectOf(stdout.toString("utf8"));
  // kubectl prints nothing if there is nothing to list.
  if (object === undefined && stdout.length > 0) throw new UserError(`${words} did not print JSON`);
  return object ?? { kind: "List" };
}

function objectOf(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
