import { expect, it } from "vitest";
import type { Json } from "../../../tools/core/json.ts";
import { said } from "../subject.ts";

const slice = (requestPolicy: Json) => ({
  apiVersion: "resource.k8s.io/v1",
  kind: "ResourceSlice",
  metadata: { name: "x" },
  spec: {
    driver: "gpu.example.com",
    nodeName: "a",
    pool: { name: "a", generation: 1, resourceSliceCount: 1 },
    devices: [{ name: "d", allowMultipleAllocations: true, capacity: { memory: { value: "8Gi", requestPolicy } } }],
  },
});
const at = "/spec/devices/0/capacity/memory/requestPolicy";

it.each<[string, Json, string[]]>([
  ["values of which the default is one", { default: "2Gi", validValues: ["1Gi", "2Gi"] }, []],
  ["values that are no list", { default: "2Gi", validValues: 5 }, [`schema/type ${at}/validValues`]],
  ["more than there is", { default: "2Gi", validValues: ["2Gi", "9Gi"] }, [`apply/field ${at}/validValues/1`]],
])("%s", async (_, policy, expected) => {
  expect(await said(slice(policy))).toEqual(expected);
});
