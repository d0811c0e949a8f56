import { type Change, changesTo } from "./migration.ts";

/**
 * When a built-in API was deprecated and removed, what replaces it, and what must change in manifests. The versions are
 * from the `prerelease-lifecycle` markers in k8s.io/api.
 */
export interface Lifecycle {
  readonly apiVersion: string;
  /** The first version in which it is deprecated. */
  readonly deprecated: string;
  /** The first version without it; undefined while it is still served. */
  readonly removed: string | undefined;
  /** The API version that replaces it. */
  readonly use: string | undefined;
  /** The kind that replaces it, if the kind changes as well. */
  readonly kind: string | undefined;
  /** What to use if no API replaces it. */
  readonly instead: string | undefined;
  readonly changes: readonly Change[];
}

/** API version, deprecated in, removed in, replaced by, and the kinds. */
const table = `
extensions/v1beta1                    1.8         1.16     apps/v1                              Deployment DaemonSet ReplicaSet
extensions/v1beta1                    1.9         1.16     networking.k8s.io/v1                 NetworkPolicy
extensions/v1beta1                    1.11        1.16     -                                    PodSecurityPolicy
apps/v1beta1                          1.8         1.16     apps/v1                              Deployment StatefulSet ReplicaSet ControllerRevision
apps/v1beta2                          1.9         1.16     apps/v1                              Deployment StatefulSet ReplicaSet DaemonSet ControllerRevision

auditregistration.k8s.io/v1alpha1     1.19        1.19     -                                    AuditSink
settings.k8s.io/v1alpha1              1.18        1.20     -                                    PodPreset
batch/v2alpha1                        1.8         1.21     batch/v1                             CronJob
discovery.k8s.io/v1alpha1             1.17        1.21     discovery.k8s.io/v1                  EndpointSlice
flowcontrol.apiserver.k8s.io/v1alpha1 1.20        1.24     flowcontrol.apiserver.k8s.io/v1      FlowSchema PriorityLevelConfiguration
node.k8s.io/v1alpha1                  1.20        1.24     node.k8s.io/v1                       RuntimeClass
rbac.authorization.k8s.io/v1alpha1    1.17        1.23     rbac.authorization.k8s.io/v1         ClusterRole ClusterRoleBinding Role RoleBinding
scheduling.k8s.io/v1alpha1            1.14        1.23     scheduling.k8s.io/v1                 PriorityClass
storage.k8s.io/v1alpha1               1.21        1.24     storage.k8s.io/v1                    VolumeAttachment CSIStorageCapacity

admissionregistration.k8s.io/v1beta1  1.16        1.22     admissionregistration.k8s.io/v1      MutatingWebhookConfiguration ValidatingWebhookConfiguration
apiextensions.k8s.io/v1beta1          1.16        1.22     apiextensions.k8s.io/v1              CustomResourceDefinition
apiregistration.k8s.io/v1beta1        1.19        1.22     apiregistration.k8s.io/v1            APIService
authentication.k8s.io/v1beta1         1.19        1.22     authentication.k8s.io/v1             TokenReview
authorization.k8s.io/v1beta1          1.19        1.22     authorization.k8s.io/v1              LocalSubjectAccessReview SelfSubjectAccessReview SelfSubjectRulesReview SubjectAccessReview
certificates.k8s.io/v1beta1           1.19        1.22     certificates.k8s.io/v1               CertificateSigningRequest
coordination.k8s.io/v1beta1           1.19        1.22     coordination.k8s.io/v1               Lease
extensions/v1beta1                    1.14        1.22     networking.k8s.io/v1                 Ingress
networking.k8s.io/v1beta1             1.19        1.22     networking.k8s.io/v1                 Ingress IngressClass
rbac.authorization.k8s.io/v1beta1     1.17        1.22     rbac.authorization.k8s.io/v1         ClusterRole ClusterRoleBinding Role RoleBinding
scheduling.k8s.io/v1beta1             1.14        1.22     scheduling.k8s.io/v1                 PriorityClass
storage.k8s.io/v1beta1                1.19        1.22     storage.k8s.io/v1                    CSIDriver CSINode StorageClass VolumeAttachment

autoscaling/v2beta1                   1.22        1.25     autoscaling/v2                       HorizontalPodAutoscaler
batch/v1beta1                         1.21        1.25     batch/v1                             CronJob
discovery.k8s.io/v1beta1              1.21        1.25     discovery.k8s.io/v1                  EndpointSlice
events.k8s.io/v1beta1                 1.22        1.25     events.k8s.io/v1                     Event
node.k8s.io/v1beta1                   1.22        1.25     node.k8s.io/v1                       RuntimeClass
policy/v1beta1                        1.21        1.25     policy/v1                            PodDisruptionBudget
policy/v1beta1                        1.21        1.25     -                                    PodSecurityPolicy
autoscaling/v2beta2                   1.23        1.26     autoscaling/v2                       HorizontalPodAutoscaler
flowcontrol.apiserver.k8s.io/v1beta1  1.23        1.26     flowcontrol.apiserver.k8s.io/v1      FlowSchema PriorityLevelConfiguration
storage.k8s.io/v1beta1                1.24        1.27     storage.k8s.io/v1                    CSIStorageCapacity
networking.k8s.io/v1alpha1            1.28        1.29     -                                    ClusterCIDR
flowcontrol.apiserver.k8s.io/v1beta2  1.26        1.29     flowcontrol.apiserver.k8s.io/v1      FlowSchema PriorityLevelConfiguration

resource.k8s.io/v1alpha2              1.31        1.31     resource.k8s.io/v1                   PodSchedulingContext ResourceClaim ResourceClaimTemplate ResourceClass ResourceClaimParameters ResourceClassParameters ResourceSlice
admissionregistration.k8s.io/v1alpha1 1.29        1.32     admissionregistration.k8s.io/v1      ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding
authentication.k8s.io/v1alpha1        1.29        1.32     authentication.k8s.io/v1             SelfSubjectReview
flowcontrol.apiserver.k8s.io/v1beta3  1.29        1.32     flowcontrol.apiserver.k8s.io/v1      FlowSchema PriorityLevelConfiguration
coordination.k8s.io/v1alpha1          1.32        1.32     coordination.k8s.io/v1beta1          LeaseCandidate
authentication.k8s.io/v1beta1         1.30        1.33     authentication.k8s.io/v1             SelfSubjectReview
networking.k8s.io/v1alpha1            1.30        1.33     networking.k8s.io/v1                 IPAddress ServiceCIDR
admissionregistration.k8s.io/v1beta1  1.31        1.34     admissionregistration.k8s.io/v1      ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding
resource.k8s.io/v1alpha3              1.33        1.34     resource.k8s.io/v1                   DeviceClass ResourceClaim ResourceClaimTemplate ResourceSlice
storage.k8s.io/v1alpha1               1.32        1.35     storage.k8s.io/v1                    VolumeAttributesClass
storagemigration.k8s.io/v1alpha1      1.33        1.36     storagemigration.k8s.io/v1beta1      StorageVersionMigration
certificates.k8s.io/v1alpha1          1.34        1.37     certificates.k8s.io/v1beta1          ClusterTrustBundle
networking.k8s.io/v1beta1             1.34        1.37     networking.k8s.io/v1                 IPAddress ServiceCIDR
storage.k8s.io/v1beta1                1.34        1.37     storage.k8s.io/v1                    VolumeAttributesClass

admissionregistration.k8s.io/v1alpha1 1.35        -        admissionregistration.k8s.io/v1      MutatingAdmissionPolicy MutatingAdmissionPolicyBinding
admissionregistration.k8s.io/v1beta1  1.37        -        admissionregistration.k8s.io/v1      MutatingAdmissionPolicy MutatingAdmissionPolicyBinding
certificates.k8s.io/v1alpha1          1.37        -        certificates.k8s.io/v1               PodCertificateRequest
certificates.k8s.io/v1beta1           1.37        -        certificates.k8s.io/v1               ClusterTrustBundle PodCertificateRequest
coordination.k8s.io/v1alpha2          1.35        -        coordination.k8s.io/v1beta1          LeaseCandidate
resource.k8s.io/v1beta1               1.35        -        resource.k8s.io/v1                   DeviceClass ResourceClaim ResourceClaimTemplate ResourceSlice
resource.k8s.io/v1beta2               1.36        -        resource.k8s.io/v1                   DeviceClass ResourceClaim ResourceClaimTemplate ResourceSlice
storagemigration.k8s.io/v1beta1       1.37        -        storagemigration.k8s.io/v1           StorageVersionMigration
v1                                    1.19        -        -                                    ComponentStatus
v1                                    1.33        -        discovery.k8s.io/v1                  Endpoints
`;

/** What to use instead of kinds that no API replaces. */
const alternatives: Readonly<Record<string, string>> = {
  AuditSink: "the API server's audit webhook",
  ClusterCIDR: "the flags of the node controller",
  ComponentStatus: "the health endpoints of the components",
  PodPreset: "a mutating admission policy or webhook",
  PodSecurityPolicy: "Pod Security Admission, with labels on namespaces",
};

/** Kinds that have another name in the API that replaces them. */
const renamed: Readonly<Record<string, string>> = { Endpoints: "EndpointSlice" };

/** All deprecated and removed built-in APIs, by API version and kind. */
export const lifecycles: ReadonlyMap<string, Lifecycle> = new Map(
  table
    .split("\n")
    .filter(Boolean)
    .flatMap((line) => {
      const [apiVersion = "", deprecated = "", removed, use, ...kinds] = line.split(/ +/);
      return kinds.map((kind): [string, Lifecycle] => [
        `${apiVersion} ${kind}`,
        {
          apiVersion,
          deprecated,
          removed: removed === "-" ? undefined : removed,
          use: use === "-" ? undefined : use,
          kind: renamed[kind],
          instead: alternatives[kind],
          changes: changesTo(`${apiVersion} ${kind}`),
        },
      ]);
    }),
);

/** The lifecycle of an API; undefined if it is neither deprecated nor removed. */
export function lifecycleOf(apiVersion: string, kind: string): Lifecycle | undefined {
  return lifecycles.get(`${apiVersion} ${kind}`);
}
