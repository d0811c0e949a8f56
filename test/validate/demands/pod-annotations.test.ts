import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../tools/core/json.ts";
import { deployment, pod, said } from "../subject.ts";

const appArmor = "container.apparmor.security.beta.kubernetes.io/";
const seccomp = "seccomp.security.alpha.kubernetes.io/pod";
const ofContainer = "container.seccomp.security.alpha.kubernetes.io/";
const cost = "controller.kubernetes.io/pod-deletion-cost";
const mirror = "kubernetes.io/config.mirror";

/** What kube-apiserver 1.36.3 rejected in a Pod and in a Deployment's template: `.` is the annotation itself. */
const table: [key: string, value: string, refused: string, profile?: JsonObject][] = [
  [`${appArmor}main`, "runtime/default", ""],
  [`${appArmor}main`, "RUNTIME/DEFAULT", "."],
  [`${appArmor}other`, "unconfined", "."],
  [`${appArmor}main`, "", ""],
  [`${appArmor}main`, "localhost/x", ""],
  [`${appArmor}main`, "localhost/x", "localhostProfile", { type: "Localhost", localhostProfile: "y" }],
  [`${appArmor}main`, "runtime/default", "type", { type: "Unconfined" }],
  [`${appArmor}main`, "unconfined", "type", { type: "Localhost", localhostProfile: "y" }],
  [seccomp, "docker/default", ""],
  [seccomp, "x", "."],
  [seccomp, "", "."],
  [seccomp, "localhost/../x", "."],
  [seccomp, "localhost/", ""],
  [`${ofContainer}main`, "localhost//x", "."],
  [`${ofContainer}other`, "runtime/default", ""],
  [cost, "10", ""],
  [cost, "+10", "."],
  [cost, "08", "."],
  [cost, "", "."],
  [cost, "-08", ""],
  [cost, "2147483648", "."],
  [cost, "-2147483648", ""],
  [cost, "-", "."],
  [cost, "1.5", "."],
  [mirror, "", "."],
];

/** Its answers for a Pod whose own profile is RuntimeDefault. */
const overPods: [annotation: string, answer: string, os?: string][] = [
  ["unconfined", "warning"],
  ["localhost/x", "warning"],
  ["runtime/default", ""],
  ["localhost/", "refused"],
  ["localhost/ x", "refused"],
  ["", "refused"],
  ["unconfined", "", "windows"],
];

describe("pod annotations that the API server reads", () => {
  it.each(table)("%s: %j", (key, value, refused, profile) => {
    const container = profile ? { securityContext: { appArmorProfile: profile } } : {};
    const annotations = { [key]: value };
    const name = key.replaceAll("/", "~1");
    const at = (top: string) =>
      refused === "."
        ? [`apply/pod ${top}/metadata/annotations/${name}`]
        : refused && [`apply/pod ${top}/spec/containers/0/securityContext/appArmorProfile/${refused}`];

    const alone = pod({}, container);
    const annotated = { ...alone, metadata: { ...(alone.metadata as JsonObject), annotations } };
    expect(said(annotated).filter(isRefusal)).toEqual(at("") || []);

    const workload = deployment({}, alone.spec as JsonObject);
    const { template, ...spec } = workload.spec as JsonObject & { template: { metadata: JsonObject } };
    const made = { ...template, metadata: { ...template.metadata, annotations } };
    expect(said({ ...workload, spec: { ...spec, template: made } }).filter(isRefusal)).toEqual(
      at("/spec/template") || [],
    );
  });
});

it.each(overPods)("a container's AppArmor annotation, with a profile in the Pod: %j", (value, expected, os) => {
  const profile = { securityContext: { appArmorProfile: { type: "RuntimeDefault" } } };
  const annotated = { annotations: { [`${appArmor}main`]: value } };
  const alone = pod(os === undefined ? profile : { os: { name: os } });
  const places = {
    "": [],
    warning: [`apply/warning /metadata/annotations/${`${appArmor}main`.replaceAll("/", "~1")}`],
    refused: ["apply/pod /spec/containers/0/securityContext/appArmorProfile/type"],
  }[expected];
  expect(said({ ...alone, metadata: { ...(alone.metadata as JsonObject), ...annotated } })).toEqual(places);
});

const isRefusal = (line: string) => !line.startsWith("apply/warning");
