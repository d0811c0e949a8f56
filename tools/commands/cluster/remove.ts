import { setTimeout as sleep } from "node:timers/promises";
import { leftovers } from "../../cluster/cleanup.ts";
import { complaintOf, type Kubectl, objectsIn } from "../../cluster/kubectl.ts";
import { UserError } from "../../core/errors.ts";
import { objectAt } from "../../core/json.ts";
import type { Resource } from "../../core/resource.ts";
import { visible } from "../../report/style.ts";
import type { Io } from "../command.ts";

/** In the foreground, so that pods are gone before their workload; with a timeout, because a finalizer may block it forever. */
const deleting = ["--ignore-not-found", "--cascade=foreground", "--wait", "--timeout=180s", "-o", "name"];

/** Deletes the objects given by kubectl arguments or resources. @returns the number of deleted objects @throws UserError */
export async function remove(
  words: readonly string[],
  kubectl: Kubectl,
  io: Io,
  resources?: readonly Resource[],
): Promise<number> {
  let count = 0;
  const complaints: string[] = [];
  const input = resources === undefined ? {} : { resources };
  const { code } = await kubectl.stream(["delete", ...words, ...deleting], {
    ...input,
    onLine: (line) => {
      // "No resources found" is not a name.
      if (!/^\S+\/\S+$/.test(line)) return;
      count++;
      io.out(`✓ ${visible(line)} deleted\n`);
    },
    onError: (line) => complaints.push(line),
  }).ended;
  const serious = complaints.filter((line) => !isAboutUnknownKinds(line)).join("\n");
  if (code !== 0 && serious !== "") throw new UserError(`some objects could not be deleted:\n${complaintOf(serious)}`);
  return count;
}

/** If the cluster does not know a kind, there is nothing to delete. */
function isAboutUnknownKinds(line: string): boolean {
  return /no matches for kind|ensure CRDs are installed first|^Warning: /.test(line) || line.trim() === "";
}

/** The claims in a namespace with these prefixes and an ordinal, as kubectl arguments. */
export async function claimsOf(prefixes: readonly string[], namespace: string, { run }: Kubectl): Promise<string[]> {
  if (prefixes.length === 0) return [];
  const claims = objectsIn(await run(["get", "persistentvolumeclaims", "--namespace", namespace, "-o", "json"]));
  const names = claims.map(({ name }) => name);
  const isMeant = (name: string) =>
    prefixes.some((prefix) => name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length)));
  return names.filter(isMeant).map((name) => `persistentvolumeclaim/${name}`);
}

const patience = 10;

/** Deletes a namespace if it is empty, otherwise reports why it is kept. @returns the number of deleted objects */
export async function removeNamespace(name: string, kubectl: Kubectl, io: Io): Promise<number> {
  const namespace = await readNamespace(name, kubectl);
  if (namespace === undefined || objectAt(namespace, "metadata")?.deletionTimestamp !== undefined) return 0;
  const left = await leftIn(name, kubectl);
  if (left === undefined) io.out(`  namespace/${visible(name)} is kept: cannot check whether it is empty\n`);
  else if (left.length > 0) io.out(`  namespace/${visible(name)} is kept: it contains ${visible(some(left))}\n`);
  else return remove([`namespace/${name}`], kubectl, io);
  return 0;
}

/** Undefined if it does not exist. Kind and name are one argument, so that a name is never mistaken for a flag. */
async function readNamespace(name: string, { json }: Kubectl) {
  const found = await json(["get", `namespace/${name}`, "--ignore-not-found"]);
  return found.kind === "Namespace" ? found : undefined;
}

/** The objects left in a namespace; waits for endpoints and pods that are deleted later. Undefined without permission to list. */
async function leftIn(namespace: string, kubectl: Kubectl): Promise<string[] | undefined> {
  const kinds = await kubectl.run(["api-resources", "--verbs=list", "--namespaced", "-o", "name"]);
  const names = kinds.stdout.toString("utf8").split("\n").filter(Boolean).join(",");
  if (kinds.code !== 0 || names === "") return undefined;
  for (let tries = 1; ; tries++) {
    const listed = await kubectl.run(["get", names, "--namespace", namespace, "--ignore-not-found", "-o", "json"]);
    if (listed.code !== 0) return undefined;
    const left = leftovers(objectsIn(listed));
    if (tries === patience || !left.some((name) => /^(Endpoints|EndpointSlice|Pod|ReplicaSet)\//.test(name)))
      return left;
    await sleep(500);
  }
}

function some(names: readonly string[]): string {
  const most = 5;
  return [...names.slice(0, most), ...(names.length > most ? [`${names.length - most} more`] : [])].join(", ");
}
