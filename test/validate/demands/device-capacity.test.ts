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
  ["valid values that include the default", { default: "2Gi", validValues: ["1Gi", "2Gi"] }, []],
  ["valid values that are not a list", { default: "2Gi", validValues: 5 }, [`schema/type ${at}/validValues`]],
  [
    "a valid value above the capacity",
    { default: "2Gi", validValues: ["2Gi", "9Gi"] },
    [`apply/field ${at}/validValues/1`],
  ],
])("%s", async (_, policy, expected) => {
  expect(await said(slice(policy))).toEqual(expected);
});
