import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../tools/core/json.ts";
import { deployment, pod, said, sentences } from "../subject.ts";

const labels = { app: "web" };
const template = (spec: JsonObject = {}) => ({
  metadata: { labels },
  spec: { containers: [{ name: "main", image: "redis:7" }], ...spec },
});
const of = (kind: string, apiVersion: string, spec: JsonObject, name = "web"): JsonObject => ({
  apiVersion,
  kind,
  metadata: { name },
  spec,
});
const apps = (kind: string, spec: JsonObject) =>
  of(kind, "apps/v1", { selector: { matchLabels: labels }, template: template(), ...spec });
const job = (spec: JsonObject, name?: string) =>
  of("Job", "batch/v1", { template: template({ restartPolicy: "Never" }), ...spec }, name);
const cronJob = (spec: JsonObject) =>
  of("CronJob", "batch/v1", {
    schedule: "@daily",
    jobTemplate: { spec: { template: template({ restartPolicy: "Never" }) } },
    ...spec,
  });

describe("workloads", () => {
  const expression = (operator: string, ...values: string[]) => ({
    selector: { matchExpressions: [{ key: "app", operator, ...(values.length > 0 ? { values } : {}) }] },
  });
  it.each<[string, JsonObject, string[]]>([
    ["by an expression", deployment(expression("In", "web")), []],
    [
      "by an expression that excludes them, which is rejected",
      deployment(expression("NotIn", "web")),
      ["apply/selector /spec/template/metadata/labels"],
    ],
    [
      "by a label they lack, which is rejected",
      deployment(expression("DoesNotExist")),
      ["apply/selector /spec/template/metadata/labels"],
    ],
    ["by nothing, which is rejected", deployment({ selector: {} }), ["apply/selector /spec/selector"]],
  ])("select their pods %s", (_, object, expected) => expect(said(object)).toEqual(expected));

  it.each<[string, JsonObject, string[]]>([
    [
      "Deployment that can neither surge nor remove pods",
      deployment({ strategy: { rollingUpdate: { maxSurge: "0%", maxUnavailable: 0 } } }),
      ["apply/strategy /spec/strategy/rollingUpdate/maxUnavailable"],
    ],
    [
      "Deployment with more than 100% unavailable",
      deployment({ strategy: { rollingUpdate: { maxUnavailable: "101%" } } }),
      ["apply/strategy /spec/strategy/rollingUpdate/maxUnavailable"],
    ],
    [
      "Deployment with a surge of more than 100%",
      deployment({ strategy: { rollingUpdate: { maxSurge: "200%" } } }),
      [],
    ],
    [
      "Deployment with a deadline shorter than minReadySeconds",
      deployment({ minReadySeconds: 600 }),
      ["apply/field /spec/progressDeadlineSeconds"],
    ],
    [
      "DaemonSet with both maxSurge and maxUnavailable",
      apps("DaemonSet", { updateStrategy: { rollingUpdate: { maxSurge: 1 } } }),
      ["apply/strategy /spec/updateStrategy/rollingUpdate/maxSurge"],
    ],
    [
      "DaemonSet that surges",
      apps("DaemonSet", { updateStrategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } }),
      [],
    ],
    [
      "StatefulSet with rollingUpdate and OnDelete",
      apps("StatefulSet", { updateStrategy: { type: "OnDelete", rollingUpdate: {} } }),
      ["apply/strategy /spec/updateStrategy/rollingUpdate"],
    ],
    [
      "ReplicationController without a template",
      of("ReplicationController", "v1", { selector: labels }),
      ["apply/field /spec/template"],
    ],
    ["ReplicationController without a selector", of("ReplicationController", "v1", { template: template() }), []],
  ])("are checked: a %s", (_, object, expected) => expect(said(object)).toEqual(expected));

  it("of kind StatefulSet have names that fit the labels of their pods", () => {
    const named = (metadata: JsonObject) => said({ ...apps("StatefulSet", { serviceName: "web" }), metadata });
    expect(named({ name: "a".repeat(52) })).toEqual([]);
    expect(named({ name: "a".repeat(53) })).toEqual(["apply/pods-rejected /metadata/name"]);
    expect(named({ generateName: "a".repeat(48) })).toEqual(["apply/pods-rejected /metadata/generateName"]);
  });

  it("of kind StatefulSet have a serviceName that is a valid subdomain", () => {
    const object = apps("StatefulSet", { serviceName: "a.b" });
    expect(said(object, ["1.32"])).toEqual(["apply/pods-rejected /spec/serviceName"]);
    expect(said(object, ["1.33"])).toEqual(["apply/name /spec/serviceName"]);
  });
});

describe("Jobs", () => {
  const indexed = { completionMode: "Indexed", completions: 4 };
  const success = (...rules: JsonObject[]) => job({ ...indexed, successPolicy: { rules } });
  const failure = (rule: JsonObject, spec: JsonObject = {}) => job({ podFailurePolicy: { rules: [rule] }, ...spec });
  const codes = (operator: string, ...values: number[]) => ({ action: "FailJob", onExitCodes: { operator, values } });
  const rule = "/spec/podFailurePolicy/rules/0";

  it.each<[string, JsonObject, string[]]>([
    ["indexes in order", success({ succeededIndexes: "0,2-3" }), []],
    [
      "descending indexes",
      success({ succeededIndexes: "2,1" }),
      ["apply/field /spec/successPolicy/rules/0/succeededIndexes"],
    ],
    [
      "an index out of range",
      success({ succeededIndexes: "0-4" }),
      ["apply/field /spec/successPolicy/rules/0/succeededIndexes"],
    ],
    [
      "more successes than indexes",
      success({ succeededIndexes: "0-1", succeededCount: 3 }),
      ["apply/field /spec/successPolicy/rules/0/succeededCount"],
    ],
    ["exit code 0 as a failure", failure(codes("In", 0)), [`apply/field ${rule}/onExitCodes/values/0`]],
    ["exit codes out of order", failure(codes("NotIn", 2, 1)), [`apply/field ${rule}/onExitCodes/values`]],
    [
      "FailIndex without a backoff limit per index",
      failure({ ...codes("In", 1), action: "FailIndex" }),
      [`apply/field ${rule}/action`],
    ],
    [
      "an unknown container",
      failure({ action: "Ignore", onExitCodes: { containerName: "x", operator: "In", values: [1] } }),
      [`apply/field ${rule}/onExitCodes/containerName`],
    ],
    [
      "a failure policy and a restart policy of OnFailure",
      failure(codes("In", 1), { template: template({ restartPolicy: "OnFailure" }) }),
      ["apply/restart-policy /spec/template/spec/restartPolicy"],
    ],
    [
      "too many indexes at once",
      job({ ...indexed, completions: 100_001, parallelism: 10_001, backoffLimitPerIndex: 1, maxFailedIndexes: 1 }),
      ["apply/field /spec/parallelism"],
    ],
    ["a name that is not a valid host name", job(indexed, "a.b"), ["apply/name /metadata/name"]],
    ["a selector", job({ selector: { matchLabels: labels } }), ["apply/selector /spec/selector"]],
    ["a selector with manualSelector", job({ manualSelector: true, selector: { matchLabels: labels } }), []],
  ])("with %s", (_, object, expected) => {
    const errors = said(object).filter((one) => !one.startsWith("apply/warning"));
    expect(errors).toEqual(expected);
  });

  it("in a CronJob keep a field that older versions drop from a Job", () => {
    const managed = { managedBy: "nobody" };
    expect(said(job(managed), ["1.31"])).toEqual([]);
    expect(said(job(managed), ["1.32"])).toEqual(["apply/field /spec/managedBy"]);
    const jobTemplate = { spec: { ...managed, template: template({ restartPolicy: "Never" }) } };
    expect(said(cronJob({ jobTemplate }), ["1.31"])).toEqual(["apply/field /spec/jobTemplate/spec/managedBy"]);
  });
});

describe("a blank image", () => {
  const rejected = "apply/pods-rejected /spec/template/spec/containers/0/image";
  const containers = [{ name: "main", image: " " }];
  const blank = (triggers?: string) => ({
    ...deployment({}, { containers }),
    metadata: { name: "web", ...(triggers && { annotations: { "image.openshift.io/triggers": triggers } }) },
  });
  const trigger = (fieldPath: string) =>
    JSON.stringify([{ from: { kind: "ImageStreamTag", name: "web:1" }, fieldPath }]);

  it.each<[string, string | undefined, string[]]>([
    ["is rejected in pods", undefined, [rejected]],
    ["is filled in by name", trigger('spec.template.spec.containers[?(@.name=="main")].image'), []],
    ["is filled in by index", trigger("spec.template.spec.containers[0].image"), []],
    [
      "is not filled in for another container",
      trigger('spec.template.spec.containers[?(@.name=="side")].image'),
      [rejected],
    ],
    ["is not filled in for another list", trigger("spec.template.spec.initContainers[0].image"), [rejected]],
    ["is not filled in by a malformed annotation", "{", [rejected]],
  ])("%s", (_, triggers, expected) => expect(said(blank(triggers))).toEqual(expected));

  it("is to be set, and white space around an image is to be removed", () => {
    expect(sentences(blank())[0]).toMatch(/which is blank\. Set an image\.$/);
    expect(sentences(pod({}, { image: "redis:7 " }))[0]).toMatch(/Remove the white space\.$/);
  });
});

it("checks the labels and annotations that a CronJob gives its Jobs", () => {
  const at = "apply/pods-rejected /spec/jobTemplate/metadata";
  const made = (metadata: JsonObject) =>
    said(cronJob({ jobTemplate: { metadata, spec: { template: template({ restartPolicy: "Never" }) } } }));
  expect(made({ labels: { a: "b" }, annotations: { "X/y": "z" }, name: "A b", finalizers: ["a b"] })).toEqual([]);
  expect(made({ labels: { "a b": "c" } })).toEqual([`${at}/labels/a b`]);
  expect(made({ labels: { a: "b c" } })).toEqual([`${at}/labels/a`]);
  expect(made({ annotations: { "x y": "z" } })).toEqual([`${at}/annotations/x y`]);
  expect(made({ annotations: { a: "b".repeat(256 * 1024) } })).toEqual([`${at}/annotations`]);
});

describe("the schedule of a CronJob", () => {
  it.each(["30 4 * * 1-5", "*/15 0-23/2 1,15 JAN-mar sun", "? * * * *", "@hourly", "@every 90m", "5/10 * * * *"])(
    "may be %s",
    (schedule) => expect(said(cronJob({ schedule }))).toEqual([]),
  );

  it.each([
    "* * * *",
    "60 * * * *",
    "* * 0 * *",
    "5-1 * * * *",
    "*/0 * * * *",
    "* * * 13 *",
    "@often",
    "@every x",
    "TZ=UTC 0 0 * * *",
  ])("cannot be %s", (schedule) => expect(said(cronJob({ schedule }))).toEqual(["apply/cron /spec/schedule"]));

  it("is reported with the field that is wrong", () => {
    expect(sentences(cronJob({ schedule: "0 24 * * *" }))[0]).toContain('hour "24" is not between 0 and 23');
  });

  it.each([
    ["Europe/Berlin", 0],
    ["Etc/GMT+5", 0],
    ["europe/berlin", 1],
    ["Local", 1],
    ["", 1],
  ])("in the time zone %j has %i problems", (timeZone, problems) =>
    expect(said(cronJob({ timeZone }))).toHaveLength(problems),
  );
});
