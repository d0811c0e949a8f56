import { isObject, type JsonObject, listAt, objectAt, stringAt, stringsAt } from "../../../core/json.ts";
import type { Resource } from "../../../core/resource.ts";
import { isOfGlob } from "./directory-glob.ts";

/** Undefined if only a cluster knows. */
type Answer = boolean | undefined;

/** The destination of an Application; fields that it does not set are empty. */
export interface Destination {
  readonly server: string;
  readonly name: string;
  readonly namespace: string;
}

/** `AppProject.IsSourcePermitted` in pkg/apis/application of Argo CD: a denial of another source permits this one. */
export function permitsSource(project: Resource, url: string): Answer {
  const answers = stringsAt(objectAt(project.object, "spec"), "sourceRepos").map((pattern): Answer | "denied" => {
    if (!pattern.startsWith("!")) return isSource(pattern, url);
    const is = isSource(pattern.slice(1), url);
    return is === undefined ? undefined : is ? "denied" : true;
  });
  return answers.includes("denied") ? false : either(answers as Answer[]);
}

/** URLs that Go may normalize differently: only equality is certain. */
const odd = /[{}\\^`|<>"%\s[\]]|^[^/]*\*[^/]*(?::\/\/|@)/;

function isSource(pattern: string, url: string): Answer {
  const [wanted, own] = [normalized(pattern), normalized(url)];
  if (wanted === "*" || wanted === own) return true;
  return odd.test(wanted) || odd.test(own) ? undefined : isOfGlob(wanted, own, true);
}

/** `NormalizeGitURL` in util/git of Argo CD. */
function normalized(url: string): string {
  const text = url.trim().toLowerCase();
  const isShort = /^[^/:]*@[^@]+$/.test(text);
  return (isShort ? text.replace(":", "/") : text).replace(/\.git$/, "").replace(/^ssh:\/\//, "");
}

const inCluster = { server: "https://kubernetes.default.svc", name: "in-cluster" };

/** `AppProject.isDestinationMatched`; a cluster has an address and a name, one of which is unknown here. */
export function permitsDestination(project: Resource, destination: Destination): Answer {
  const { namespace } = destination;
  const name = destination.name || undefined;
  const server = destination.server.replace(/\/+$/, "") || (name === inCluster.name ? inCluster.server : undefined);
  let isDenied = false;
  const answers = listAt(objectAt(project.object, "spec"), "destinations")
    .filter(isObject)
    .map((item): Answer => {
      const [itsServer = "", itsName = "", itsNamespace = ""] = ["server", "name", "namespace"].map((field) =>
        stringAt(item, field),
      );
      const [byServer, byName] = [isOf(itsServer, server), isOf(itsName, name)];
      const isThere = isOf(itsNamespace, namespace) === true;
      const isOther = (byServer === false && isDenial(itsServer)) || (byName === false && isDenial(itsName));
      isDenied ||= byServer === false && byName === false && isOther && isThere;
      isDenied ||= !isThere && isDenial(itsNamespace) && byServer === true;
      return isThere ? either([byServer, byName]) : false;
    });
  return isDenied ? false : either(answers);
}

/** What `AppProject.IsGroupKindNamePermitted` looks at; undefined if it is not known whether the kind has a namespace. */
export interface AppliedKind {
  readonly group: string;
  readonly kind: string;
  readonly name: string;
  readonly namespaced: boolean | undefined;
}

/** Without a list, all kinds with a namespace are permitted, but no others. */
export function permitsKind({ object }: Resource, { namespaced, ...one }: AppliedKind): Answer {
  if (namespaced === undefined) return undefined;
  const spec = objectAt(object, "spec");
  const [allowed, denied] = ["Whitelist", "Blacklist"].map(
    (list) => `${namespaced ? "namespace" : "cluster"}Resource${list}`,
  ) as [string, string];
  const isAllowed = (namespaced && (spec?.[allowed] ?? null) === null) || isListed(spec, allowed, one);
  return isAllowed && !isListed(spec, denied, one);
}

function isListed(spec: JsonObject | undefined, list: string, one: Omit<AppliedKind, "namespaced">): boolean {
  return listAt(spec, list)
    .filter(isObject)
    .some(
      ({ group, kind, name }) =>
        isOf(String(group ?? ""), one.group) === true &&
        isOf(String(kind ?? ""), one.kind) === true &&
        (typeof name !== "string" || name === "" || isOfGlob(name, one.name)),
    );
}

function isOf(pattern: string, value: string | undefined): Answer {
  if (value === undefined) return pattern === "" ? false : undefined;
  if (isDenial(pattern)) return !isOfGlob(pattern.slice(1), value);
  return pattern === "*" || isOfGlob(pattern, value);
}

function isDenial(pattern: string): boolean {
  return pattern.startsWith("!");
}

function either(answers: readonly Answer[]): Answer {
  if (answers.includes(true)) return true;
  return answers.includes(undefined) ? undefined : false;
}

/** The sources and destinations that a project permits, as text. */
export function permitted(project: Resource): { readonly sources: string[]; readonly destinations: string[] } {
  const destinations = listAt(objectAt(project.object, "spec"), "destinations").filter(isObject);
  return {
    sources: stringsAt(objectAt(project.object, "spec"), "sourceRepos"),
    destinations: destinations.map(placeIn),
  };
}

/** A destination in words. */
export function placeIn(destination: JsonObject | Destination): string {
  const [server, name, namespace] = [destination.server, destination.name, destination.namespace].map(
    (one) => one || undefined,
  );
  const cluster = server ?? name ?? "no cluster";
  return namespace === undefined ? `${cluster} without a namespace` : `namespace ${namespace} of ${cluster}`;
}
