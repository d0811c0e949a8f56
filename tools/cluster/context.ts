import { glob } from "../core/glob.ts";
import { type JsonObject, objectAt, stringAt } from "../core/json.ts";
import { objectsAt } from "./state.ts";

/** A context of the kubeconfig: a cluster, and who one is there. */
export interface Context {
  readonly name: string;
  /** Of what names none. */
  readonly namespace: string;
}

/** The kubeconfig, as `kubectl config view -o json` prints it. */
export interface Kubeconfig {
  /** The name of the current context, which may lead nowhere. */
  readonly current: string | undefined;
  readonly contexts: readonly Context[];
}

export function kubeconfigOf(view: JsonObject): Kubeconfig {
  const contexts = objectsAt(view, "contexts").flatMap((entry) => {
    const name = stringAt(entry, "name");
    const namespace = stringAt(objectAt(entry, "context"), "namespace") || "default";
    return name === undefined ? [] : [{ name, namespace }];
  });
  return { current: stringAt(view, "current-context") || undefined, contexts };
}

/** The names that the tools which make a cluster on one's own machine give to its context. */
const localContexts = ["kind-*", "k3d-*", "minikube", "docker-desktop"];

/** Whether a context leads to a cluster that is there to be tried out on. @param named those of gitops.yaml, `*` for any part */
export function isLocal(context: string, named: readonly string[]): boolean {
  return [...localContexts, ...named].some((pattern) => glob(pattern).test(context));
}
