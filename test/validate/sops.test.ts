import { expect, test } from "vitest";
import type { Json, JsonObject } from "../../tools/core/json.ts";
import { definitionOf } from "../definition.ts";
import { check, repository } from "../run.ts";

const cipher = (text: string) =>
  `ENC[AES256_GCM,data:${Buffer.from(text).toString("base64")},iv:bm9uY2Vub25jZW5vbmNlbm9uY2U=,tag:dGFndGFndGFndGFndGE=,type:str]`;
const sops = { mac: cipher("mac"), version: "3.11.0", age: [{ recipient: "age1abc", enc: "…" }] };

async function found(object: JsonObject, definition?: Json) {
  const files = { "a.yaml": JSON.stringify(object), "gitops.yaml": "schemas: [crd.yaml]" };
  const crd = definition ?? definitionOf("Other", "others", { type: "object" });
  const { report } = await check(["a.yaml"], { cwd: repository({ ...files, "crd.yaml": JSON.stringify(crd) }) });
  return report.findings;
}

const type = "object";
const ofOperator = definitionOf("SopsSecret", "sopssecrets", {
  type,
  required: ["sops"],
  properties: {
    spec: {
      type,
      properties: { secretTemplates: { type: "array", items: { type, properties: { name: { type: "string" } } } } },
    },
    sops: { type, required: ["mac"], properties: { mac: { type: "string" }, version: { type: "string" } } },
  },
});
const ofFlux = definitionOf("SopsSecret", "sopssecrets", {
  type,
  properties: { spec: { type, properties: { a: { type: "string" } } } },
});

test("a kind with the field of SOPS keeps it, as its operator decrypts it", async () => {
  const object = {
    apiVersion: "example.com/v1",
    kind: "SopsSecret",
    metadata: { name: "a", namespace: "default" },
    spec: { secretTemplates: [{ name: cipher("a") }] },
  };
  expect(await found({ ...object, sops: { mac: sops.mac, version: sops.version } }, ofOperator)).toEqual([]);
  expect((await found(object, ofOperator)).map(({ rule, pointer }) => `${rule} ${pointer}`)).toEqual([
    "schema/required /sops",
  ]);
});

test("Flux removes the field of SOPS from other kinds", async () => {
  const object = {
    apiVersion: "example.com/v1",
    kind: "SopsSecret",
    metadata: { name: "a" },
    spec: { a: cipher("a") },
  };
  expect(await found({ ...object, sops }, ofFlux)).toEqual([]);
});

test("a file that SOPS has encrypted as a whole", async () => {
  const object = {
    apiVersion: cipher("v1"),
    kind: cipher("Secret"),
    metadata: { name: cipher("credentials"), namespace: cipher("default") },
    stringData: { password: cipher("pass") },
    sops,
  };
  expect(await found(object)).toMatchObject([
    {
      rule: "schema/unknown-kind",
      message: "SOPS has encrypted apiVersion, kind and metadata, too, which Flux does not support",
      help: "Decrypt the file, set encrypted_regex: ^(data|stringData)$ in .sops.yaml, and encrypt it again.",
      resource: "ENC[djE=…]/ENC[U2VjcmV0…]/ENC[ZGVmYXVs…]/ENC[Y3JlZGVu…]",
    },
  ]);
});
