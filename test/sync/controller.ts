import type { Bed } from "../e2e/bed.ts";

/** A controller's status of an overlay. */
export interface Standing {
  /** Whether the cluster has exactly what the commit contains. */
  readonly synced: boolean;
  /** Whether everything that was applied is healthy. */
  readonly healthy: boolean;
  /** The commit that it applied last. */
  readonly revision: string;
  /** Identifies the last time that it changed something. */
  readonly acted: string;
  /** Its errors and warnings. */
  readonly message: string;
}

/** Argo CD or Flux, on a cluster that has it installed. */
export interface Controller {
  readonly name: "argocd" | "flux";
  /** A CustomResourceDefinition that exists if it is installed. */
  readonly crd: string;
  /** Patterns of the labels and annotations with which it marks its objects. */
  readonly marks: readonly RegExp[];
  standing(bed: Bed, overlay: string): Promise<Standing | undefined>;
  /** Makes it check the repository now instead of within minutes. */
  nudge(bed: Bed, overlay: string): Promise<void>;
  /** Makes it give up a commit that it cannot apply and would retry for minutes. */
  giveUp(bed: Bed, overlay: string): Promise<void>;
  /** Removes its configuration for the overlays; the applied objects may stay. */
  end(bed: Bed): Promise<void>;
}

/** The part of an object that is read here. */
interface Live {
  readonly status?: Readonly<Record<string, never>>;
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly message: string;
}

const now = () => `reconcile.fluxcd.io/requestedAt=${new Date().toISOString()}`;

const flux: Controller = {
  name: "flux",
  crd: "kustomizations.kustomize.toolkit.fluxcd.io",
  marks: [/^kustomize\.toolkit\.fluxcd\.io\/(?:name|namespace)$/],
  async standing(bed, overlay) {
    const args = ["kustomizations.kustomize.toolkit.fluxcd.io", `guestbook-${overlay}`, "--namespace", "flux-system"];
    const status = await statusOf<FluxStatus>(bed, args);
    const ready = status?.conditions?.find(({ type }) => type === "Ready");
    if (status === undefined || ready === undefined) return undefined;
    // With `wait`, Ready means both: applied, and everything is healthy.
    const good = ready.status === "True";
    const revision = status.lastAppliedRevision?.split(":").at(-1) ?? "";
    return { synced: good, healthy: good, revision, acted: revision, message: good ? "" : ready.message };
  },
  async nudge(bed, overlay) {
    const inside = ["--namespace", "flux-system", "--overwrite", now()];
    await bed.kubectl(["annotate", "gitrepositories.source.toolkit.fluxcd.io/guestbook", ...inside]);
    await bed.kubectl(["annotate", `kustomizations.kustomize.toolkit.fluxcd.io/guestbook-${overlay}`, ...inside]);
  },
  // Flux looks for a newer commit at every nudge.
  async giveUp() {},
  async end(bed) {
    // Delete the Kustomizations first: they prune, and need the account's permissions for that.
    const kinds = ["kustomizations.kustomize.toolkit.fluxcd.io", "gitrepositories.source.toolkit.fluxcd.io"];
    const inside = ["--namespace", "flux-system", "--ignore-not-found", "--timeout=300s"];
    for (const kind of kinds) await bed.kubectl(["delete", kind, "--all", ...inside]);
    await bed.kubectl(["delete", "serviceaccount", "guestbook", ...inside]);
    await bed.kubectl(["delete", "clusterrole,clusterrolebinding", "guestbook-sync", "--ignore-not-found"]);
  },
};

interface FluxStatus {
  readonly conditions?: readonly Condition[];
  readonly lastAppliedRevision?: string;
}

const argocd: Controller = {
  name: "argocd",
  crd: "applicationsets.argoproj.io",
  marks: [/^argocd\.argoproj\.io\/(?:tracking-id|installation-id)$/, /^app\.kubernetes\.io\/instance$/],
  async standing(bed, overlay) {
    const args = ["applications.argoproj.io", `guestbook-${overlay}`, "--namespace", "argocd"];
    const status = await statusOf<ArgoStatus>(bed, args);
    if (status?.sync === undefined) return undefined;
    const { sync, health, operationState: last, conditions = [] } = status;
    const messages = [
      ...conditions,
      ...(last?.syncResult?.resources ?? []).filter(({ status: one }) => one === "SyncFailed"),
    ];
    return {
      synced: sync.status === "Synced",
      healthy: health?.status === "Healthy",
      revision: sync.revision ?? "",
      acted: last?.finishedAt ?? "",
      message: [last?.phase === "Succeeded" ? "" : (last?.message ?? ""), ...messages.map(({ message }) => message)]
        .join("\n")
        .trim(),
    };
  },
  async nudge(bed, overlay) {
    const name = `applications.argoproj.io/guestbook-${overlay}`;
    await bed.kubectl(["annotate", name, "--namespace", "argocd", "--overwrite", "argocd.argoproj.io/refresh=normal"]);
  },
  // Like `argocd app terminate-op`.
  async giveUp(bed, overlay) {
    const name = ["applications.argoproj.io", `guestbook-${overlay}`, "--namespace", "argocd"];
    const { status } = await bed.get<{ status?: ArgoStatus }>(name);
    if (status?.operationState?.phase !== "Running") return;
    const patch = JSON.stringify({ status: { operationState: { phase: "Terminating" } } });
    await bed.kubectl(["patch", ...name, "--type=merge", "--patch", patch]);
  },
  async end(bed) {
    const inside = ["--namespace", "argocd", "--ignore-not-found", "--timeout=120s"];
    await bed.kubectl(["delete", "applicationsets.argoproj.io", "guestbook", ...inside]);
    await bed.kubectl(["delete", "applications.argoproj.io", "--all", ...inside]);
    await bed.kubectl(["delete", "appprojects.argoproj.io", "guestbook", ...inside]);
  },
};

interface ArgoStatus {
  readonly sync?: { readonly status: string; readonly revision?: string };
  readonly health?: { readonly status: string };
  readonly conditions?: readonly { readonly message: string; readonly status?: string }[];
  readonly operationState?: {
    readonly phase: string;
    readonly message?: string;
    readonly finishedAt?: string;
    readonly syncResult?: { readonly resources?: readonly { readonly status?: string; readonly message: string }[] };
  };
}

/** The controllers by name. */
export const controllers = { flux, argocd } as const;

async function statusOf<T>(bed: Bed, args: readonly string[]): Promise<T | undefined> {
  const { code, stdout, stderr } = await bed.tryKubectl(["get", ...args, "-o", "json"]);
  if (code === 0) return (JSON.parse(stdout.toString("utf8")) as Live).status as T | undefined;
  if (/\(NotFound\)/.test(stderr)) return undefined;
  throw new Error(`kubectl get ${args.join(" ")}: ${stderr}`);
}
