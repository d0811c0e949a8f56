import { type Bed, demand } from "../e2e/bed.ts";

const name = "guestbook-sync-test";

/** Millicores for forty pods that request 100m each, while some of them are replaced. */
const needed = 4500;

/**
 * Small nodes cannot schedule all overlays at once. There, an admission policy removes the CPU request from the pods, so that
 * the objects that the controllers compare stay as applied.
 *
 * @returns a message for the user; undefined if there is enough CPU
 */
export async function makeRoom(bed: Bed): Promise<string | undefined> {
  const { items } = await bed.get<{ items: { status: { allocatable: { cpu: string } } }[] }>(["nodes"]);
  const cores = items.map(({ status }) => milli(status.allocatable.cpu)).reduce((sum, one) => sum + one, 0);
  if (cores >= needed) return undefined;
  const version = await versionOf(bed);
  const spec = {
    matchConstraints: {
      resourceRules: [{ apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["pods"] }],
    },
    matchConditions: [
      { name: "ours", expression: "request.namespace.startsWith('guestbook-')" },
      { name: "asks", expression: "object.spec.containers[0].?resources.?requests.?cpu.hasValue()" },
    ],
    failurePolicy: "Fail",
    reinvocationPolicy: "Never",
    mutations: [
      {
        patchType: "JSONPatch",
        jsonPatch: {
          expression: `[JSONPatch{op: "remove", path: "/spec/containers/0/resources/requests/cpu"}]`,
        },
      },
    ],
  };
  const policy = { apiVersion: version, kind: "MutatingAdmissionPolicy", metadata: { name }, spec };
  const binding = {
    apiVersion: version,
    kind: "MutatingAdmissionPolicyBinding",
    metadata: { name },
    spec: { policyName: name },
  };
  const list = { apiVersion: "v1", kind: "List", items: [policy, binding] };
  await bed.kubectl(["apply", "--server-side", "-f", "-"], JSON.stringify(list));
  return `${cores}m of CPU is not enough for all overlays at once: their pods are scheduled without a CPU request`;
}

/** Removes the admission policy. */
export async function undoRoom(bed: Bed): Promise<void> {
  for (const kind of ["mutatingadmissionpolicybindings", "mutatingadmissionpolicies"])
    await bed.tryKubectl(["delete", kind, name, "--ignore-not-found"]);
}

async function versionOf(bed: Bed): Promise<string> {
  const versions = (await bed.kubectl(["api-versions"])).split("\n");
  const found = ["v1", "v1beta1"]
    .map((one) => `admissionregistration.k8s.io/${one}`)
    .find((one) => versions.includes(one));
  demand(
    found !== undefined,
    "the nodes are too small for all overlays at once, and the API server has no admission policies",
  );
  return found;
}

/** Millicores of a quantity such as `2` or `1930m`. */
function milli(cpu: string): number {
  return cpu.endsWith("m") ? Number.parseInt(cpu, 10) : Number(cpu) * 1000;
}
