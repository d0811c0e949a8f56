/** A program that makes a cluster on one's own machine. */
export interface Maker {
  readonly name: string;
  readonly create: readonly string[];
  /** The context that leads to what it creates. */
  readonly context: string;
  readonly url: string;
  /** The words that load an archive of an image into the cluster of a context; undefined for a cluster that is not its. */
  readonly load: (context: string, archive: string) => readonly string[] | undefined;
}

/** What is behind a prefix. */
const behind = (prefix: string, text: string) => (text.startsWith(prefix) ? text.slice(prefix.length) : undefined);

/** The makers, in the order in which they are offered. */
export const makers: readonly Maker[] = [
  {
    name: "kind",
    create: ["create", "cluster", "--name", "gitops"],
    context: "kind-gitops",
    url: "https://kind.sigs.k8s.io/docs/user/quick-start/#installation",
    load(context, archive) {
      const name = behind("kind-", context);
      return name === undefined ? undefined : ["load", "image-archive", archive, "--name", name];
    },
  },
  {
    name: "k3d",
    create: ["cluster", "create", "gitops"],
    context: "k3d-gitops",
    url: "https://k3d.io/#installation",
    load(context, archive) {
      const name = behind("k3d-", context);
      return name === undefined ? undefined : ["image", "import", archive, "--cluster", name];
    },
  },
  {
    name: "minikube",
    create: ["start"],
    context: "minikube",
    url: "https://minikube.sigs.k8s.io/docs/start/",
    load: (context, archive) => (context === "minikube" ? ["image", "load", archive] : undefined),
  },
];
