import { expect, it } from "vitest";
import type { JsonObject } from "../../../tools/core/json.ts";
import { pod, said, sentences } from "../subject.ts";

const at = "/spec/volumes/0";
const iscsi = { targetPortal: "10.0.0.1:3260", iqn: "iqn.2001-04.com.example:disk", lun: 0 };

// As kube-apiserver 1.36.3 answered.
it.each<[string, JsonObject, string[]]>([
  ["a Flocker dataset without a name", { flocker: { datasetUUID: "" } }, [`apply/volume ${at}/flocker`]],
  ["a Flocker dataset with a UUID", { flocker: { datasetUUID: "u", datasetName: "" } }, []],
  [
    "a Flocker dataset with a name and a UUID",
    { flocker: { datasetUUID: "u", datasetName: "n" } },
    [`apply/volume ${at}/flocker`],
  ],
  ["an iSCSI disk without authentication", { iscsi }, []],
  [
    "CHAP authentication without a secret",
    { iscsi: { ...iscsi, chapAuthSession: true } },
    [`apply/volume ${at}/iscsi/secretRef`],
  ],
  ["CHAP authentication with a secret", { iscsi: { ...iscsi, chapAuthSession: true, secretRef: { name: "s" } } }, []],
])("%s", (_, source, expected) => {
  const lines = said(pod({ volumes: [{ name: "v", ...source }] }));
  expect(lines.filter((line) => !line.startsWith("apply/warning"))).toEqual(expected);
});

it("names both ways to a mount that no unprivileged container may have", () => {
  const volumeMounts = [{ name: "v", mountPath: "/a", mountPropagation: "Bidirectional" }];
  const volumes = [{ name: "v", emptyDir: {} }];
  expect(sentences(pod({ volumes }, { volumeMounts }))).toEqual([
    expect.stringMatching(/Use HostToContainer, or set privileged: true in the container's securityContext\.$/),
  ]);
  expect(said(pod({ volumes }, { volumeMounts, securityContext: { privileged: true } }))).toEqual([]);
});
