import { expect, test } from "vitest";
import { registry } from "../../tools/gate/registry.ts";

/** Ids are stable, as waivers and configurations of other repositories name them: never remove one. */
const ids: Readonly<Record<string, string>> = {
  render: "failed timeout output-limit outside plugin",
  schema: "parse-error duplicate-key unknown-field type required value unknown-kind empty-render",
  api: "removed deprecated",
  apply:
    "name label annotation-size duplicate-resource selector port node-port service-fields container-name volume probe quantity " +
    "env strategy restart-policy security-context pdb hpa cron config-size cidr image host-port immutable-field list-key " +
    "pods-rejected server-field warning",
  link:
    "service-no-endpoints target-port config-missing service-account-missing claim-missing ingress-backend scale-target " +
    "pdb-no-pods probe-port network-policy-no-pods pdb-blocks-drain replicas-with-hpa duplicate-env network-policy-blocks " +
    "node-port-collision reference-missing webhook-service route-parent reference-grant limit-range quota pod-class " +
    "scaled-twice scale-request budgeted-twice variable-order volume-mismatch role-resource affinity-no-pods expression certificate-host",
  discovery: "host-unresolved env-name env-order mixed-mode",
  security:
    "host-process host-namespaces privileged capabilities host-path host-ports apparmor selinux proc-mount seccomp sysctls " +
    "volume-types privilege-escalation run-as-non-root run-as-user seccomp-restricted capabilities-restricted " +
    "read-only-root-filesystem service-account-token secret-in-env secret-in-config plaintext-secret rbac-wildcard " +
    "cluster-admin docker-socket tls-missing default-service-account",
  reliability:
    "resources probes replicas spread pdb update-strategy image-tag image-digest pull-policy ephemeral-data grace-period " +
    "same-probes ephemeral-storage job-deadline image-name amount start controller",
  gitops:
    "remote-base deprecated-field unused-file unsynced-overlay sync-path sync-revision sync-prune generated-drift dead-patch " +
    "patch-matches-all selector-label overlay-scope never-in-sync owned-twice unjudged renderer-parity dependency-cycle sync-project sync-destination generator-empty sync-annotation variable-missing " +
    "waiver-expired waiver-unused waiver-unknown",
};

const rules = registry([]);

test.each(Object.entries(ids))("every rule of %s/ exists and has a why and a fix", (family, names) => {
  const wanted = names.split(" ").map((name) => `${family}/${name}`);
  expect(wanted.filter((id) => !rules.has(id))).toEqual([]);
  for (const id of wanted) {
    const { why, fix } = rules.get(id) ?? { why: "", fix: "" };
    expect(why.length, id).toBeGreaterThan(20);
    expect(fix.length, id).toBeGreaterThan(5);
  }
});
