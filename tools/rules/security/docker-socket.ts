import { isObject, type Json, type JsonObject, listAt, objectAt, stringAt } from "../../core/json.ts";
import { containersOf, type Pod, podKinds, podOf } from "../../core/pod.ts";
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
      if (pod === undefined || !isObject(volume) || path === undefined) continue;
      const plain = plainPath(path);
      if (!leadsToSocket(plain) || (isShared(plain) && !isMountedByRoot(pod, volume.name))) continue;
      const isPrivileged = demandsOn(resource, context).baseline === undefined;
      yield {
        pointer: `${pod.specPointer}/volumes/${index}/hostPath/path`,
        message: `${resource.kind} ${resource.name} mounts ${path}, and with it the container runtime of its node`,
        ...(isShared(plain) && {
          help: "Mount only the paths that the program needs, or run it as a user other than root.",
        }),
        ...(isPrivileged && { severity: "warning" }),
      };
    }
  },
});

/** A path without repeated slashes; `/var/run` is a link to `/run`. */
function plainPath(path: string): string {
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  return `/${parts.join("/")}`.replace(/^\/var\/run(?=\/|$)/, "/run");
}

/** Whether a path is a socket or a folder above it. */
function leadsToSocket(plain: string): boolean {
  return sockets.some((socket) => `${socket}/`.startsWith(plain === "/" ? plain : `${plain}/`));
}

/** Whether a folder is not only made for a socket: agents mount it for other reasons, without the right to use the socket. */
function isShared(plain: string): boolean {
  return plain === "/" || plain === "/run";
}

/** Whether a container that mounts a whole volume may run as root, the owner of the sockets. */
function isMountedByRoot(pod: Pod, name: Json | undefined): boolean {
  return containersOf(pod).some(
    ({ object }) =>
      listAt(object, "volumeMounts").some((one) => isObject(one) && one.name === name && one.subPath === undefined) &&
      !isNonRoot(objectAt(object, "securityContext")) &&
      !isNonRoot(objectAt(pod.spec, "securityContext")),
  );
}

function isNonRoot(context: JsonObject | undefined): boolean {
  return context?.runAsNonRoot === true || (typeof context?.runAsUser === "number" && context.runAsUser > 0);
}
