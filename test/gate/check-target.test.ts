import { expect, test } from "vitest";
import type { JsonObject } from "../../tools/core/json.ts";
import { type Resource, resourceOf } from "../../tools/core/resource.ts";
import { TargetChecker } from "../../tools/gate/target/check.ts";
import { ComponentUsers } from "../../tools/load/component-users.ts";

const checker = new TargetChecker({
  versions: ["1.36"],
  policies: [],
  levelOf: (rule) => (rule.id.startsWith("security/") ? "off" : rule.severity),
  cluster: [],
  contracts: [],
  crds: [],
  allowUnknownKinds: [],
  root: process.cwd(),
  cwd: process.cwd(),
  otherKustomizes: [],
  scopes: [],
  users: new ComponentUsers(process.cwd()),
});

function check(resources: readonly Resource[], unread: readonly string[] = []) {
  return checker.check({
    target: { path: "shop", kind: "manifests" },
    resources,
    problems: [],
    failed: false,
    unread,
    passing: false,
    kustomize: undefined,
    closure: undefined,
    durationMs: 1,
  });
}

test.each([
  // biome-ignore lint/suspicious/noTemplateCurlyInString: as a program fills it in.
  ["${APP}-web", "${APP} is a placeholder: fill it in first (envsubst; for Flux, postBuild "],
  ["$APP-web", "$APP is a placeholder: fill it in first (envsubst; "],
  ["{{ .Release.Name }}-web", "{{ .Release.Name }} is a placeholder: fill it in first, and check the result."],
  ["<your-app>", "<your-app> is a placeholder: "],
  ["__APP__", "__APP__ is a placeholder: "],
  ["web_frontend", "Use at most 63 "],
  ["Web", "Use at most 63 "],
  ["API-web", "Use at most 63 "],
  ["APP_NAME", "APP_NAME looks like a placeholder: fill it in first. If it is the real name, write it with lowercase "],
  ["web-PLACEHOLDER", "PLACEHOLDER looks like a placeholder: "],
  ["restore-TIMESTAMP", "TIMESTAMP looks like a placeholder: "],
])("advice on a Service named %j", async (name, help) => {
  const { issues } = await check([resourceOf({ apiVersion: "v1", kind: "Service", metadata: { name } })]);
  const found = issues.find(({ problem }) => problem.pointer === "/metadata/name");
  expect(found?.problem.help?.slice(0, help.length)).toBe(help);
});

test.each([
  // biome-ignore lint/suspicious/noTemplateCurlyInString: as a program fills it in.
  ["${TOKEN}", "${TOKEN} is a placeholder: fill it in first (envsubst; "],
  [
    "<path:secret/data/x#y | base64encode>",
    "<path:secret/data/x#y | base64encode> is a placeholder: fill it in first, ",
  ],
  ["<token | jsonPath {.a} | base64encode>", "<token | jsonPath {.a} | base64encode> is a placeholder: "],
  ["ref+op://vault/db/password", "ref+op:… is a placeholder: fill it in first, and check the result."],
  ["op://vault/db/password", "op:… is a placeholder: "],
  ["vault:secret/data/db#password", "vault:… is a placeholder: "],
  ["hunter-2", "Encode it in base64; a Secret accepts plain text under stringData."],
])("advice on the value %j of a Secret", async (value, help) => {
  const { issues } = await check([
    resourceOf({ apiVersion: "v1", kind: "Secret", metadata: { name: "a" }, data: { password: value } }),
  ]);
  const found = issues.find(({ problem }) => problem.pointer === "/data/password");
  expect(found?.problem.help?.slice(0, help.length)).toBe(help);
});

test("advice on base64 mentions stringData only for Secrets", async () => {
  const webhook = {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingWebhookConfiguration",
    metadata: { name: "a" },
    webhooks: [
      {
        name: "a.example.com",
        clientConfig: { url: "https://a.example", caBundle: "-----" },
        sideEffects: "None",
        admissionReviewVersions: ["v1"],
      },
    ],
  };
  const { issues } = await check([resourceOf(webhook)]);
  expect(issues.flatMap(({ problem }) => problem.help ?? [])).toContain("Encode it in base64.");
});

test.each([
  ["NAMESPACE-kibana.example.com", "NAMESPACE looks like a placeholder: "],
  ["Kibana.example.com", "Use at most 253 lowercase letters"],
])("advice on the host %j", async (host, help) => {
  const paths = [{ path: "/", pathType: "Prefix", backend: { service: { name: "a", port: { number: 80 } } } }];
  const spec = { rules: [{ host, http: { paths } }] };
  const { issues } = await check([
    resourceOf({ apiVersion: "networking.k8s.io/v1", kind: "Ingress", metadata: { name: "a" }, spec }),
  ]);
  const found = issues.find(({ problem }) => problem.pointer === "/spec/rules/0/host");
  expect(found?.problem.help?.slice(0, help.length)).toBe(help);
});

test("a crash of the validation is an error of the resource, and hides no errors of others", async () => {
  const hostile = resourceOf({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a", namespace: "shop" } });
  let isFirst = true;
  Object.defineProperty(hostile.object, "data", {
    enumerable: true,
    get() {
      // The validation reads it before anything else does.
      if (!isFirst) return {};
      isFirst = false;
      throw new Error("no such luck");
    },
  });
  const wrong = resourceOf({ apiVersion: "v1", kind: "Service", metadata: { name: "B", namespace: "shop" } });
  const { issues } = await check([hostile, wrong]);
  const found = issues.map(({ problem, resource, crash }) => [problem.rule, resource?.name, crash === true]);
  expect(found).toContainEqual(["schema/value", "a", true]);
  expect(found).toContainEqual(["apply/name", "B", false]);
});

test.each([
  [[], ["link/service-no-endpoints"]],
  [["shop/pods.yaml"], []],
  [["shop.yaml"], []],
  [["other/pods.yaml"], ["link/service-no-endpoints"]],
])(
  "if the manifests of %j are not known, what seems to be missing next to them may be there",
  async (unread, expected) => {
    const source = { file: "shop/web.yaml", document: 0, pointer: "" };
    const object = (apiVersion: string, kind: string, spec: JsonObject) =>
      resourceOf({ apiVersion, kind, metadata: { name: "web", namespace: "shop" }, spec }, source);
    const pod = object("v1", "Pod", { containers: [{ name: "web", image: "example.com/web:1.0.0" }] });
    const service = object("v1", "Service", { selector: { app: "web" }, ports: [{ port: 80 }] });
    const { issues } = await check([pod, service], unread);
    expect(issues.map(({ problem }) => problem.rule).filter((rule) => rule.startsWith("link/"))).toEqual(expected);
  },
);
