import { expect, it } from "vitest";
import type { JsonObject } from "../../../tools/core/json.ts";
import { pod, said } from "../subject.ts";

const searching = (domain: string) => said(pod({ dnsConfig: { searches: [domain] } }));

// As kube-apiserver 1.36.3 answered.
it.each([".", "a", "a.", "_a", "_a.b", "a_b", "_a__b.c-d", "a._b", "a_-b", "1.2"])(
  "accepts the search domain %s",
  (domain) => {
    expect(searching(domain)).toEqual([]);
  },
);

it.each(["_", "a_", "__a", "a_.b", "a.__b", "_._", "-a", "_-a", "A", "a..b", ".a", ""])(
  "rejects the search domain %j",
  (domain) => {
    expect(searching(domain)).toEqual(["apply/pod /spec/dnsConfig/searches/0"]);
  },
);

it("replaces volumes by a StatefulSet's claims of the same name", () => {
  const set = (volumes: JsonObject[], claims: string[], container: JsonObject) => {
    const spec = { containers: [{ name: "main", image: "redis:7", ...container }], volumes };
    return said({
      apiVersion: "apps/v1",
      kind: "StatefulSet",
      metadata: { name: "web" },
      spec: {
        serviceName: "web",
        selector: { matchLabels: { app: "web" } },
        template: { metadata: { labels: { app: "web" } }, spec },
        volumeClaimTemplates: claims.map((name) => ({
          metadata: { name },
          spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
        })),
      },
    });
  };
  const folder = [{ name: "v", emptyDir: {} }];
  const file = { env: [{ name: "A", valueFrom: { fileKeyRef: { volumeName: "v", path: "p", key: "k" } } }] };
  const device = { volumeDevices: [{ name: "v", devicePath: "/d" }] };
  const at = "/spec/template/spec/containers/0";
  expect(set(folder, [], file)).toEqual([]);
  expect(set(folder, ["v"], file)).toEqual([`apply/env ${at}/env/0/valueFrom/fileKeyRef/volumeName`]);
  expect(set([], ["v"], file)).toEqual([`apply/env ${at}/env/0/valueFrom/fileKeyRef/volumeName`]);
  expect(set(folder, [], device)).toEqual([`apply/volume ${at}/volumeDevices/0/name`]);
  expect(set(folder, ["v"], device)).toEqual([]);
});
