import { isObject, listAt, objectAt, stringAt } from "../../core/json.ts";
import { podKinds, podOf } from "../../core/pod.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";
import { demandsOn } from "./pod-standards/namespace.ts";

/** Where runtimes listen. https://kubernetes.io/docs/setup/production-environment/container-runtimes/ */
const sockets = [
  "/run/docker.sock",
  "/run/cri-dockerd.sock",
  "/run/containerd/containerd.sock",
  "/run/k3s/containerd/containerd.sock",
  "/run/crio/crio.sock",
  "/run/podman/podman.sock",
];

/** A namespace that is privileged by its label has been thought about: there it is advice. */
export const dockerSocket = definePolicy({
  id: "security/docker-socket",
  severity: "error",
  why: "Whoever reaches the socket of the container runtime starts a privileged container, and is root on the node; to mount it read-only does not help. https://kubernetes.io/docs/concepts/storage/volumes/#hostpath",
  fix: "Build images without the runtime of the node (rootless BuildKit), and read the state of containers from the API server.",
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

/** The socket itself, or the folder that is there for it. */
function leadsToSocket(path: string): boolean {
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  const plain = `/${parts.join("/")}`.replace(/^\/var\/run(?=\/)/, "/run");
  return sockets.some((socket) => socket === plain || (plain !== "/run" && socket.startsWith(`${plain}/`)));
}
