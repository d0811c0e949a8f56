import { glob } from "../core/glob.ts";
import { type JsonObject, objectAt, stringAt } from "../core/json.ts";
import { objectsAt } from "./state.ts";

/** A context in the kubeconfig. */
export interface Context {
  readonly name: string;
  /** The default namespace. */
  readonly namespace: string;
}

/** The kubeconfig, as `kubectl config view -o json` prints it. */
export interface Kubeconfig {
  /** The name of the current context, which may not exist. */
  readonly current: string | undefined;
  readonly contexts: readonly Context[];
}

/** Reads the current context and all contexts from a kubeconfig as JSON. */
export function kubeconfigOf(view: JsonObject): Kubeconfig {
  const contexts = objectsAt(view, "contexts").flatMap((entry) => {
    const name = stringAt(entry, "name");
    const namespace = stringAt(objectAt(entry, "context"), "namespace") || "default";
    return name === undefined ? [] : [{ name, namespace }];
  });
  return { current: stringAt(view, "current-context") || undefined, contexts };
}

/** The context names given by tools that create a local cluster. */
const localContexts = ["kind-*", "k3d-*", "minikube", "docker-desktop"];

/** Whether a context is a local test cluster. @param named patterns from gitops.yaml; `*` matches any part */
export function isLocal(context: string, named: readonly string[]): boolean {
  return [...localContexts, ...named].some((pattern) => glob(pattern).test(context));
}
