import { complaintOf, type Kubectl, objectsIn } from "../../cluster/kubectl.ts";
import { identity } from "../../cluster/state.ts";
import { UserError } from "../../core/errors.ts";
import type { JsonObject } from "../../core/json.ts";
import { type Resource, resourceOf } from "../../core/resource.ts";
import { type LiveState, marked } from "../../drift/drift.ts";
import { appliersOf } from "../../drift/owner.ts";
import { type FilePair, filesOf, wholeFiles } from "../../drift/patch.ts";
import { parseDocuments } from "../../parse/documents.ts";

/** The field managers of Argo CD and Flux. */
export const managers = ["argocd-controller", "kustomize-controller"] as const;

/** The live objects of a target, and the field manager that applies them. */
export interface Live {
  readonly objects: ReadonlyMap<Resource, JsonObject>;
  /** Resources that can be compared with kubectl diff: their kind and namespace exist in the cluster. */
  readonly askable: readonly Resource[];
  /** The manager that applied some of them; by default, the first of {@link managers}. */
  readonly manager: string;
  /** The namespace for resources without one. */
  readonly namespace: string;
}

/** Reads the live objects of a target. @throws UserError if kubectl fails */
export async function readLive(kubectl: Kubectl, rendered: readonly Resource[], namespace: string): Promise<Live> {
  const answer = await kubectl.run(["get", "-f", "-", "-o", "json", "--show-managed-fields", "--ignore-not-found"], {
    resources: rendered,
    timeout: 120_000,
  });
  const complaints = complaintOf(answer.stderr).split("\n");
  const serious = complaints.filter((line) => line !== "" && !/^Warning: /.test(line) && !unknownKind.test(line));
  if (answer.code !== 0 && (serious.length > 0 || answer.limit !== undefined))
    throw new UserError(
      `cannot read the objects in the cluster:\n${serious.join("\n") || "kubectl get did not finish"}`,
    );
  const unknown = new Set(complaints.flatMap((line) => unknownKind.exec(line)?.slice(1, 3).join("\n") ?? []));
  const found = new Map(objectsIn(answer).map((one) => [identity(one), one.object]));
  const objects = new Map(
    rendered.flatMap((one): [Resource, JsonObject][] => {
      const live = inNamespace(found, one, namespace);
      return live === undefined ? [] : [[one, live]];
    }),
  );
  const absent = await absentNamespaces(kubectl, rendered);
  const askable = rendered.filter(
    (one) => !unknown.has(`${one.kind}\n${one.apiVersion}`) && !absent.has(one.namespace ?? ""),
  );
  const appliers = new Set([...objects.values()].flatMap(appliersOf));
  return { objects, askable, namespace, manager: managers.find((name) => appliers.has(name)) ?? managers[0] };
}

/** Looks up a resource; without a namespace, it is cluster-scoped or in the default namespace. */
function inNamespace<T>(found: ReadonlyMap<string, T>, one: Resource, namespace: string): T | undefined {
  return found.get(identity(one)) ?? (one.namespace ? undefined : found.get(identity({ ...one, namespace })));
}

const unknownKind = /no matches for kind "([^"]+)" in version "([^"]+)"/;

/** The namespaces of a target that do not exist yet: they are empty. */
async function absentNamespaces({ run }: Kubectl, rendered: readonly Resource[]): Promise<Set<string>> {
  const names = [...new Set(rendered.flatMap(({ namespace }) => namespace ?? []))];
  if (names.length === 0) return new Set();
  const answer = await run(["get", "namespaces", ...names, "-o", "json", "--ignore-not-found"]);
  if (answer.code !== 0) throw new UserError(`cannot read the namespaces:\n${complaintOf(answer.stderr)}`);
  const there = new Set(objectsIn(answer).map(({ name }) => name));
  return new Set(names.filter((name) => !there.has(name)));
}

/** What applying a target would change in the cluster. @throws UserError if kubectl fails */
export async function liveStates(
  kubectl: Kubectl,
  rendered: readonly Resource[],
  { objects, askable, namespace }: Live,
  manager: string,
): Promise<LiveState[]> {
  const asked = askable.map((one) => ({ rendered: one, sent: marked(one, objects.get(one)) }));
  const { pairs, refusals } = await differences(
    kubectl,
    asked.map(({ sent }) => sent),
    manager,
  );
  return rendered.map((one) => ({
    rendered: one,
    live: objects.get(one),
    pair: inNamespace(pairs, one, namespace),
    refusal: refusals.get(identity(one)),
  }));
}

interface Differences {
  readonly pairs: ReadonlyMap<string, NonNullable<LiveState["pair"]>>;
  readonly refusals: ReadonlyMap<string, string>;
}

/** Compares all objects at once. If one is rejected, kubectl does not report the others, so it then compares one at a time. */
async function differences(kubectl: Kubectl, sent: readonly Resource[], manager: string): Promise<Differences> {
  if (sent.length === 0) return { pairs: new Map(), refusals: new Map() };
  const together = await kubectlDiff(kubectl, sent, manager);
  if (!("refusal" in together)) return { pairs: pairsOf(together.files), refusals: new Map() };
  const [first, ...others] = sent;
  if (first !== undefined && others.length === 0)
    return { pairs: new Map(), refusals: new Map([[identity(first), together.refusal]]) };
  const [pairs, refusals] = [new Map<string, NonNullable<LiveState["pair"]>>(), new Map<string, string>()];
  for (const one of sent) {
    const alone = await kubectlDiff(kubectl, [one], manager);
    if ("refusal" in alone) refusals.set(identity(one), alone.refusal);
    else for (const [key, pair] of pairsOf(alone.files)) pairs.set(key, pair);
  }
  return { pairs, refusals };
}

/** Errors about a rejected object, not about missing permissions of the user: https://kubernetes.io/docs/reference/access-authn-authz/authorization/ */
const refused = /is invalid:|\(Invalid\)|denied the request|\(BadRequest\)|is forbidden: (?!User )/;

/**
 * `kubectl diff` exits with 0 without differences, 1 with differences, and more than 1 on errors.
 * https://kubernetes.io/docs/reference/kubectl/generated/kubectl_diff/
 */
async function kubectlDiff(
  { run }: Kubectl,
  resources: readonly Resource[],
  manager: string,
): Promise<{ readonly files: FilePair[] } | { readonly refusal: string }> {
  const args = ["diff", "--server-side", "--force-conflicts", "--field-manager", manager, "-f", "-"];
  const env = { KUBECTL_EXTERNAL_DIFF: `diff -u -N -U ${wholeFiles}` };
  const { code, limit, stdout, stderr } = await run(args, { resources, timeout: 300_000, env });
  const complaint = complaintOf(stderr);
  if (limit === undefined && code === 0) return { files: [] };
  if (limit === undefined && code === 1 && stdout.length > 0) return { files: filesOf(stdout.toString("utf8")) };
  if (refused.test(complaint)) return { refusal: complaint.replace(/^Error from server[^:]*: /, "") };
  throw new UserError(`kubectl diff failed:\n${complaint || limit || `exit status ${code}`}`);
}

function pairsOf(files: readonly FilePair[]): Map<string, NonNullable<LiveState["pair"]>> {
  return new Map(
    files.flatMap(({ before, after }): [string, NonNullable<LiveState["pair"]>][] => {
      const [was, is] = [objectIn(before), objectIn(after)];
      return was === undefined || is === undefined ? [] : [[identity(resourceOf(is)), { before: was, after: is }]];
    }),
  );
}

/** The object in a file; undefined for an empty file, which means that it does not exist yet. */
function objectIn(text: string): JsonObject | undefined {
  const { documents } = parseDocuments(text, "kubectl diff");
  const value = documents[0]?.value;
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
}
