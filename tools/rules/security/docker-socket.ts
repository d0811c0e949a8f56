import { isObject, listAt, objectAt, stringAt } from "../../core/json.ts";
import { podKinds, podOf } from "../../core/pod.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";
import { demandsOn } from "./pod-standards/namespace.ts";

/** Sockets of container runtimes. https://kubernetes.io/docs/setup/production-environment/container-runtimes/ */
const sockets = [
  "/run/docker.sock",
  "/run/cri-dockerd.sock",
  "/run/containerd/containerd.sock",
  "/run/k3s/containerd/containerd.sock",
  "/run/crio/crio.sock",
  "/run/podman/podman.sock",
];

/** Only a warning in a namespace that is labelled as privileged: somebody made that choice. */
export const dockerSocket = definePolicy({
  id: "security/docker-socket",
  severity: "error",
  why: "Anyone who can reach the socket of the container runtime can start a privileged container and become root on the node; mounting it read-only does not help. https://kubernetes.io/docs/concepts/storage/volumes/#hostpath",
  fix: "Build images without the node's runtime (rootless BuildKit), and read the state of containers from the API server.",
  match: { kind: podKinds },
  *check(resource, context): Generator<Violation> {
    const pod = podOf(resource);
    for (const [index, volume] of listAt(pod?.spec, "volumes").entries()) {
      const path = isObject(volume) ? stringAt(objectAt(volume, "hostPath"), "path") : undefined;
      if (pod === undefined || path === undefined || !leadsToSocket(path)) continue;
      const isPrivileged = demandsOn(resource, context).baseline === undefined;
      yield {
        pointer: `${pod.specPointer}/volumes/${index}/hostPath/path`,
        message: `${resource.kind} ${resource.name} mounts ${path}, and with it the container runtime of its node`,
        ...(isPrivileged && { severity: "warning" }),
      };
    }
  },
});

/** Whether a path is a socket or the folder made for it; `/run` and `/` do not count. */
function leadsToSocket(path: string): boolean {
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  const plain = `/${parts.join("/")}`.replace(/^\/var\/run(?=\/)/, "/run");
  return sockets.some((socket) => socket === plain || (plain !== "/run" && socket.startsWith(`${plain}/`)));
}
