import { expect, test } from "vitest";
import type { IpFamily } from "../../tools/core/existing.ts";
import type { JsonObject } from "../../tools/core/json.ts";
import { resourceOf } from "../../tools/core/resource.ts";
import { loadSchemas, validate } from "../../tools/validate/index.ts";
import { check, repository } from "../run.ts";

const schemas = await loadSchemas();
const service = (spec: JsonObject): JsonObject => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "web" },
  spec: { selector: { app: "web" }, ports: [{ port: 80 }], ...spec },
});

const both = { ipFamilyPolicy: "RequireDualStack" };
const six = { ipFamilies: ["IPv6"] };
const four = { ipFamilies: ["IPv4"] };
const address = { clusterIP: "fd00::10", clusterIPs: ["fd00::10"] };
const two = { ipFamilyPolicy: "PreferDualStack", clusterIP: "10.0.0.9", clusterIPs: ["10.0.0.9", "fd00::10"] };

/** `initIPFamilyFields` in k8s.io/kubernetes/pkg/registry/core/service/storage rejects a family that is not configured. */
test.each<[families: IpFamily[] | undefined, spec: JsonObject, rejected: string | undefined]>([
  [undefined, both, "/spec/ipFamilyPolicy"],
  [undefined, six, "/spec/ipFamilies/0"],
  [undefined, address, "/spec/clusterIPs/0"],
  [undefined, two, "/spec/clusterIPs/1"],
  [undefined, four, undefined],
  [["IPv4", "IPv6"], both, undefined],
  [["IPv4", "IPv6"], six, undefined],
  [["IPv4", "IPv6"], address, undefined],
  [["IPv4", "IPv6"], two, undefined],
  [["IPv6"], six, undefined],
  [["IPv6"], four, "/spec/ipFamilies/0"],
  [["IPv6"], both, "/spec/ipFamilyPolicy"],
  [["IPv6"], { clusterIP: "10.0.0.9", clusterIPs: ["10.0.0.9"] }, "/spec/clusterIPs/0"],
])("a cluster with %j: %j", (ipFamilies, spec, rejected) => {
  const { problems } = validate(resourceOf(service(spec)), { versions: ["1.36"], schemas, ipFamilies });
  expect(problems.map(({ pointer }) => pointer)).toEqual(rejected === undefined ? [] : [rejected]);
});

test("gitops.yaml sets the IP families of a cluster", async () => {
  const manifest = { "web.yaml": JSON.stringify(service(both)) };
  const helpFor = async (files: Record<string, string>) => {
    const { report } = await check(["web.yaml"], { cwd: repository(files) });
    return report.findings.filter(({ rule }) => rule === "apply/service-fields").map(({ help }) => help);
  };
  expect(await helpFor(manifest)).toEqual([
    "Use PreferDualStack. If the cluster supports both families, set ipFamilies: [IPv4, IPv6] in gitops.yaml.",
  ]);
  expect(await helpFor({ ...manifest, "gitops.yaml": "ipFamilies: [IPv4, IPv6]" })).toEqual([]);
});

test.each([
  [six, "Use IPv4."],
  [
    { ipFamilyPolicy: "PreferDualStack", ipFamilies: ["IPv6", "IPv4"] },
    "Remove ipFamilies, so that the cluster chooses.",
  ],
  [two, "Remove this address."],
])("advice on %j in a cluster with IPv4 only", (spec, advice) => {
  const { problems } = validate(resourceOf(service(spec)), { versions: ["1.36"], schemas });
  expect(problems.map(({ help }) => help)).toEqual([
    `${advice} If the cluster supports both families, set ipFamilies: [IPv4, IPv6] in gitops.yaml.`,
  ]);
});
