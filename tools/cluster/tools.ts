/** A program that creates a local cluster. */
export interface ClusterTool {
  readonly name: string;
  readonly create: readonly string[];
  /** The context of the cluster that it creates. */
  readonly context: string;
  readonly url: string;
  /** The arguments to load an image archive into the cluster of a context; undefined for a cluster of another program. */
  readonly load: (context: string, archive: string) => readonly string[] | undefined;
}

/** For a program whose context names are a prefix plus the cluster name. */
function loading(prefix: string, words: readonly string[], flag: string): ClusterTool["load"] {
  return (context, archive) =>
    context.startsWith(prefix) ? [...words, archive, flag, context.slice(prefix.length)] : undefined;
}

/** The makers, in the order in which they are suggested. */
export const clusterTools: readonly ClusterTool[] = [
  {
    name: "kind",
    create: ["create", "cluster", "--name", "gitops"],
    context: "kind-gitops",
    url: "https://kind.sigs.k8s.io/docs/user/quick-start/#installation",
    load: loading("kind-", ["load", "image-archive"], "--name"),
  },
  {
    name: "k3d",
    create: ["cluster", "create", "gitops"],
    context: "k3d-gitops",
    url: "https://k3d.io/#installation",
    load: loading("k3d-", ["image", "import"], "--cluster"),
  },
  {
    name: "minikube",
    create: ["start"],
    context: "minikube",
    url: "https://minikube.sigs.k8s.io/docs/start/",
    load: (context, archive) => (context === "minikube" ? ["image", "load", archive] : undefined),
  },
];
