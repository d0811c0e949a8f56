import { allVersions, since, until, type VersionSet } from "../../vocabulary/versions.ts";

/** In which versions the content of a field is validated; see `Field` in shape.ts. */
export interface Enforcement {
  readonly enforced: VersionSet;
  readonly dropped: boolean;
}

/** Fields whose content is decoded, but never validated. No demands apply below them. */
const ignored: ReadonlySet<string> = new Set([
  "autoscaling.v2.MetricIdentifier.selector",
  "batch.v1.JobTemplateSpec.metadata",
]);

/** Fields that are only validated in these versions. */
const validatedIn: Readonly<Record<string, VersionSet>> = {
  "apps.v1.StatefulSetSpec.volumeClaimTemplates": since("1.34"),
};

const never: VersionSet = 0;

/**
 * Fields that the API server silently drops while their feature gate is off, with the versions in which it is on
 * (`pkg/features/kube_features.go`, `dropDisabledFields`).
 */
const gates: Readonly<Record<string, VersionSet>> = {
  "apps.v1.RollingUpdateStatefulSetStrategy.maxUnavailable": since("1.37"),
  "batch.v1.JobSpec.scheduling": never,
  "core.v1.Container.restartPolicyRules": since("1.35"),
  "core.v1.EnvVarSource.fileKeyRef": since("1.35"),
  "core.v1.Lifecycle.stopSignal": never,
  "core.v1.NodeSpec.configSource": never,
  "core.v1.NodeStatus.config": never,
  "core.v1.PodSpec.hostnameOverride": since("1.35"),
  "core.v1.PodSpec.resources": since("1.34"),
  "core.v1.PodSpec.schedulingGroup": never,
  "core.v1.PodSpec.workloadRef": never,
  "core.v1.PodSecurityContext.seLinuxChangePolicy": since("1.33"),
  "core.v1.PodSecurityContext.supplementalGroupsPolicy": since("1.33"),
  "core.v1.Volume.image": since("1.35"),
  "core.v1.VolumeMount.recursiveReadOnly": since("1.31"),
  "core.v1.VolumeProjection.clusterTrustBundle": since("1.37"),
  "core.v1.VolumeProjection.podCertificate": since("1.37"),
  "core.v1.Container.resizePolicy": since("1.33"),
  "core.v1.PodSpec.resourceClaims": since("1.34"),
  "core.v1.ResourceRequirements.claims": since("1.34"),
  "core.v1.PersistentVolumeSpec.volumeAttributesClassName": since("1.34"),
  "core.v1.PersistentVolumeClaimSpec.volumeAttributesClassName": since("1.34"),
  "storage.v1.CSIDriverSpec.nodeAllocatableUpdatePeriodSeconds": since("1.35"),

  // CoordinatedLeaderElection, VolumeLimitScaling
  "coordination.v1.LeaseSpec.preferredHolder": never,
  "coordination.v1.LeaseSpec.strategy": never,
  "storage.v1.CSIDriverSpec.preventPodSchedulingIfMissing": never,
  // No gate: only v1beta1 uses it (`dropTopologyOnV1`).
  "discovery.v1.Endpoint.deprecatedTopology": never,

  // DRAPrioritizedList, DRAAdminAccess
  "resource.v1.DeviceRequest.firstAvailable": since("1.34"),
  "resource.v1.ExactDeviceRequest.adminAccess": since("1.34"),
  // DRAConsumableCapacity
  // 1.34 does not drop it.
  "resource.v1.DeviceConstraint.distinctAttribute": since("1.36") | until("1.34"),
  "resource.v1.Device.allowMultipleAllocations": since("1.36"),
  "resource.v1.DeviceCapacity.requestPolicy": since("1.36"),
  // DRADeviceTaints
  "resource.v1.ExactDeviceRequest.tolerations": since("1.36"),
  "resource.v1.DeviceSubRequest.tolerations": since("1.36"),
  "resource.v1.Device.taints": since("1.36"),
  // DRAExtendedResource
  "resource.v1.DeviceClassSpec.extendedResourceName": since("1.36"),
  // DRAPartitionableDevices
  "resource.v1.ResourceSliceSpec.perDeviceNodeSelection": since("1.36"),
  "resource.v1.ResourceSliceSpec.sharedCounters": since("1.36"),
  "resource.v1.Device.consumesCounters": since("1.36"),
  "resource.v1.Device.nodeName": since("1.36"),
  "resource.v1.Device.nodeSelector": since("1.36"),
  "resource.v1.Device.allNodes": since("1.36"),
  // DRADeviceBindingConditions
  "resource.v1.Device.bindingConditions": since("1.36"),
  "resource.v1.Device.bindingFailureConditions": since("1.36"),
  // DRAListTypeAttributes, DRANodeAllocatableResources, DRADerivedAttributes, DRADeviceCompatibilityGroups,
  // DRAPartitionableDevicesType, DRAOptionalNodeOperations
  "resource.v1.DeviceAttribute.bools": never,
  "resource.v1.DeviceAttribute.ints": never,
  "resource.v1.DeviceAttribute.strings": never,
  "resource.v1.DeviceAttribute.versions": never,
  "resource.v1.Device.nodeAllocatableResourceMappings": never,
  "resource.v1.Device.nodeAllocatableResources": never,
  "resource.v1.ExactDeviceRequest.derivedAttributes": never,
  "resource.v1.DeviceSubRequest.derivedAttributes": never,
  "resource.v1.DeviceCounterConsumption.compatibilityGroups": never,
  "resource.v1.ResourceSliceSpec.partitionTypeAttribute": never,
  "resource.v1.ResourceSliceSpec.skipNodeOperations": never,

  // CustomResourceFieldSelectors
  "apiextensions.v1.CustomResourceDefinitionVersion.selectableFields": since("1.31"),
};

/**
 * Types whose status is dropped from a new object (`PrepareForCreate` in `pkg/registry/…/strategy.go`). Claims are left
 * out: a StatefulSet uses the same type for its templates and keeps their status.
 */
const startAnew: ReadonlySet<string> = new Set([
  "admissionregistration.v1.ValidatingAdmissionPolicy",
  "apiextensions.v1.CustomResourceDefinition",
  "apiregistration.v1.APIService",
  "apps.v1.DaemonSet",
  "apps.v1.Deployment",
  "apps.v1.ReplicaSet",
  "apps.v1.StatefulSet",
  "autoscaling.v1.HorizontalPodAutoscaler",
  "autoscaling.v2.HorizontalPodAutoscaler",
  "batch.v1.CronJob",
  "batch.v1.Job",
  "certificates.v1.CertificateSigningRequest",
  "core.v1.Namespace",
  "core.v1.PersistentVolume",
  "core.v1.Pod",
  "core.v1.ReplicationController",
  "core.v1.ResourceQuota",
  "core.v1.Service",
  "flowcontrol.v1.FlowSchema",
  "flowcontrol.v1.PriorityLevelConfiguration",
  "networking.v1.Ingress",
  "networking.v1.ServiceCIDR",
  "policy.v1.PodDisruptionBudget",
  "resource.v1.ResourceClaim",
  "storage.v1.VolumeAttachment",
]);

const whole: Enforcement = { enforced: allVersions, dropped: false };
const ignoredEverywhere: Enforcement = { enforced: never, dropped: false };

/** In which versions the content of a field is validated, and whether the others drop it. */
export function enforcementOf(type: string, field: string): Enforcement {
  const name = `${type}.${field}`;
  if (ignored.has(name)) return ignoredEverywhere;
  const enforced = field === "status" && startAnew.has(type) ? never : gates[name];
  if (enforced !== undefined) return { enforced, dropped: true };
  const versions = validatedIn[name];
  return versions === undefined ? whole : { enforced: versions, dropped: false };
}
