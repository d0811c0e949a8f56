import { expect, it } from "vitest";
import type { JsonObject } from "../../../tools/core/json.ts";
import { said } from "../subject.ts";

const all = ["*"];
const rulesOf = (...groups: string[]) => [
  {
    subjects: groups.map((name) => ({ kind: "Group", group: { name } })),
    resourceRules: [{ verbs: all, apiGroups: all, resources: all, namespaces: all, clusterScope: true }],
    nonResourceRules: [{ verbs: all, nonResourceURLs: all }],
  },
];
const schema = (name: string, spec: JsonObject) =>
  ["FlowSchema", name, { priorityLevelConfiguration: { name }, matchingPrecedence: 1, ...spec }] as const;
const exempt = { rules: rulesOf("system:masters") };
const catchAll = {
  matchingPrecedence: 10_000,
  distinguisherMethod: { type: "ByUser" },
  rules: rulesOf("system:unauthenticated", "system:authenticated"),
};
const level = (name: string, spec: JsonObject) => ["PriorityLevelConfiguration", name, spec] as const;
const limited = { nominalConcurrencyShares: 5, limitResponse: { type: "Reject" } };

const judged = (kind: string, name: string, spec: JsonObject) =>
  said({ apiVersion: "flowcontrol.apiserver.k8s.io/v1", kind, metadata: { name }, spec });

// As kube-apiserver 1.36.3 answered.
it.each([
  schema("exempt", exempt),
  schema("exempt", { ...exempt, distinguisherMethod: null }),
  schema("catch-all", catchAll),
  schema("other", { ...exempt, matchingPrecedence: 2 }),
  level("exempt", { type: "Exempt" }),
  level("exempt", { type: "Exempt", exempt: { lendablePercent: 50 } }),
  level("catch-all", { type: "Limited", limited }),
  level("catch-all", { type: "Limited", limited: { ...limited, lendablePercent: 0, borrowingLimitPercent: null } }),
  level("other", { type: "Limited", limited: { ...limited, nominalConcurrencyShares: 6 } }),
])("a %s named %s may be %j", (kind, name, spec) => {
  expect(judged(kind, name, spec)).toEqual([]);
});

it.each([
  schema("exempt", {}),
  schema("exempt", { ...exempt, matchingPrecedence: 2 }),
  schema("exempt", { ...exempt, distinguisherMethod: { type: "ByUser" } }),
  schema("exempt", { ...exempt, rules: rulesOf("system:authenticated") }),
  schema("exempt", { ...exempt, priorityLevelConfiguration: { name: "catch-all" } }),
  schema("catch-all", { ...catchAll, distinguisherMethod: null }),
  schema("catch-all", { ...catchAll, rules: rulesOf("system:authenticated", "system:unauthenticated") }),
  level("catch-all", { type: "Limited", limited: { limitResponse: { type: "Reject" } } }),
  level("catch-all", { type: "Limited", limited: { ...limited, limitResponse: { type: "Queue", queuing: {} } } }),
  level("catch-all", { type: "Limited", limited: { ...limited, borrowingLimitPercent: 0 } }),
  level("catch-all", { type: "Limited", limited: { ...limited, lendablePercent: 1 } }),
])("a %s named %s cannot be %j", (kind, name, spec) => {
  expect(judged(kind, name, spec)).toEqual(["apply/field /spec"]);
});
