/**
 * The resources of Kubernetes' own API groups in all supported versions, as RBAC names them, with their subresources; also what
 * is not served, but authorized: what impersonation and the kubelet's API ask for.
 * https://kubernetes.io/docs/reference/kubernetes-api/, https://kubernetes.io/docs/reference/access-authn-authz/kubelet-authn-authz/
 */
const served = {
  "":
    "bindings componentstatuses configmaps endpoints events groups limitranges namespaces/finalize/status " +
    "nodes/checkpoint/configz/healthz/log/metrics/pods/proxy/spec/stats/status persistentvolumeclaims/status " +
    "persistentvolumes/status pods/attach/binding/ephemeralcontainers/eviction/exec/log/portforward/proxy/resize/status " +
    "podtemplates replicationcontrollers/scale/status resourcequotas/status secrets serviceaccounts/token services/proxy/status users",
  "admissionregistration.k8s.io":
    "mutatingadmissionpolicies mutatingadmissionpolicybindings mutatingwebhookconfigurations validatingadmissionpolicies/status " +
    "validatingadmissionpolicybindings validatingwebhookconfigurations",
  "apiextensions.k8s.io": "customresourcedefinitions/status",
  "apiregistration.k8s.io": "apiservices/status",
  apps: "controllerrevisions daemonsets/status deployments/scale/status replicasets/scale/status statefulsets/scale/status",
  "authentication.k8s.io": "selfsubjectreviews tokenreviews uids userextras",
  "authorization.k8s.io":
    "localsubjectaccessreviews selfsubjectaccessreviews selfsubjectrulesreviews subjectaccessreviews",
  autoscaling: "horizontalpodautoscalers/status",
  batch: "cronjobs/status jobs/status",
  "certificates.k8s.io":
    "certificatesigningrequests/approval/status clustertrustbundles podcertificaterequests/status signers",
  "coordination.k8s.io": "leasecandidates leases",
  "discovery.k8s.io": "endpointslices/restricted",
  "events.k8s.io": "events",
  "flowcontrol.apiserver.k8s.io": "flowschemas/status prioritylevelconfigurations/status",
  "networking.k8s.io": "ingressclasses ingresses/status ipaddresses networkpolicies/status servicecidrs/status",
  "node.k8s.io": "runtimeclasses",
  policy: "poddisruptionbudgets/status podsecuritypolicies",
  "rbac.authorization.k8s.io": "clusterrolebindings clusterroles rolebindings roles",
  "scheduling.k8s.io": "podgroups/status priorityclasses workloads",
  "storage.k8s.io":
    "csidrivers csinodes csistoragecapacities storageclasses volumeattachments/status volumeattributesclasses",
} as const;

/** By group: each resource with its subresources. */
export const apiResources: ReadonlyMap<string, ReadonlyMap<string, readonly string[]>> = new Map(
  Object.entries(served).map(([group, resources]) => [
    group,
    new Map(
      resources.split(" ").map((one) => {
        const [name = "", ...parts] = one.split("/");
        return [name, parts];
      }),
    ),
  ]),
);
