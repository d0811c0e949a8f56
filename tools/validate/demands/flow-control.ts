import { isObject, type Json, type JsonObject, objectAt, stringAt } from "../../core/json.ts";
import { each, fieldIs, onObject, provided, rule, type TypeDemands, when } from "../../vocabulary/demand.ts";
import { stringsIn, wildcardAlone } from "../../vocabulary/lists.ts";
import { dns1123Label, dns1123Subdomain } from "../../vocabulary/names.ts";
import { nonNegative, positive, range } from "../../vocabulary/numbers.ts";
import type { Check, Place } from "../../vocabulary/place.ts";
import { absent, isUnset, required, requiredBecause } from "../../vocabulary/presence.ts";
import { element, exactlyOneWordOf, format, numberOf, oneOf } from "../../vocabulary/text.ts";
import { same } from "./schema-tree.ts";

const verbs = "get list create update delete deletecollection patch watch proxy".split(" ");

/** `*`, or verbs that are known. */
const knownVerbs: Check = (value, at) => {
  const given = stringsIn(value);
  const unknown = given.find((verb) => !verbs.includes(verb));
  if (unknown !== undefined && !given.includes("*")) at.notSupported(unknown, [...verbs, "*"]);
};

const verbsOfRule = [required, wildcardAlone, knownVerbs];

const url = format(
  "a path, or the beginning of some",
  "Begin it with /, without spaces and double slashes; only at its end it may have /*.",
  (path) => path === "/" || (/^\/[^ ]*$/.test(path) && !path.includes("//") && /^[^*]*(\/\*)?$/.test(path)),
);

/** Unless `*` is there, which stands for all. */
const eachUnlessWildcard = (check: Check): Check => {
  const every = each(check);
  return (value, at) => {
    if (!stringsIn(value).includes("*")) every(value, at);
  };
};

const namespaces: Check = (value, at) => {
  if (isUnset(value) && at.parent.clusterScope !== true) at.required("unless clusterScope is true");
};

/** Each kind of subject has a field of its own (`ValidateFlowSchemaSubject`). */
const only = (kind: string) => [
  when(fieldIs("kind", kind), requiredBecause(`when kind is ${kind}`)),
  when(({ kind: is }) => is !== kind && kinds.includes(is as string), absent(`unless kind is ${kind}`)),
];

const kinds = ["Group", "ServiceAccount", "User"];

const accountName: Check = (value, at) => {
  if (value !== "*") dns1123Subdomain(value, at);
};

const isExempt = (at: Place) => stringAt(objectAt(at.root, "metadata"), "name") === "exempt";

/** 1 is kept for the schema named exempt. */
const precedence: Check = (value, at) => {
  if (numberOf(value) === 1 && !isExempt(at))
    at.invalid("is 1, which only the FlowSchema exempt may have", "Use 2 or more.");
};

/** Dealing a hand of queues takes bits of a hash that has only 60 (`shufflesharding.RequiredEntropyBits`). */
const hand = onObject(({ queues, handSize }, at) => {
  const [deck, cards] = [numberOf(queues) || 64, numberOf(handSize) || 8];
  if (cards <= 0) return;
  at.under("handSize", () => {
    const bits = Math.ceil(Math.log2(deck) * cards);
    if (cards > deck) at.invalid(`is ${cards}, more than the ${deck} queues`, "Lower it, or raise queues.");
    else if (bits > 60)
      at.invalid(`is ${cards}: with ${deck} queues it takes ${bits} bits of 60`, "Lower it, or queues.");
  });
});

/** Zero is defaulted. */
const unlessZero = (check: Check): Check => provided((value) => !isUnset(value), check);

/** The level named exempt, and no other, is exempt. */
const exemptByName: Check = (value, at) => {
  if (typeof value === "string" && isExempt(at) !== (value === "Exempt"))
    at.invalid(`is ${at.show(value)}; the level named exempt, and no other, is Exempt`, "Use Limited.");
};

const all = ["*"];

/** Every request of some groups. */
const rulesOf = (...groups: string[]): JsonObject[] => [
  {
    subjects: groups.map((name) => ({ kind: "Group", group: { name } })),
    resourceRules: [{ verbs: all, apiGroups: all, resources: all, namespaces: all, clusterScope: true }],
    nonResourceRules: [{ verbs: all, nonResourceURLs: all }],
  },
];

/** What the API server itself makes of these names (k8s.io/apiserver/pkg/apis/flowcontrol/bootstrap). */
const ownSchemas: Readonly<Record<string, JsonObject>> = {
  exempt: {
    priorityLevelConfiguration: { name: "exempt" },
    matchingPrecedence: 1,
    rules: rulesOf("system:masters"),
  },
  "catch-all": {
    priorityLevelConfiguration: { name: "catch-all" },
    matchingPrecedence: 10_000,
    distinguisherMethod: { type: "ByUser" },
    rules: rulesOf("system:unauthenticated", "system:authenticated"),
  },
};

/** Of the level exempt, only the shares can be changed, and nothing else can be said of an exempt level. */
const ownLevels: Readonly<Record<string, JsonObject>> = {
  "catch-all": {
    type: "Limited",
    limited: { nominalConcurrencyShares: 5, limitResponse: { type: "Reject" } },
  },
};

/** `ValidateFlowSchema` and `ValidateIfMandatoryPriorityLevelConfigurationObject`. */
const asMade =
  (own: Readonly<Record<string, JsonObject>>): Check =>
  (value, at) => {
    const name = stringAt(objectAt(at.root, "metadata"), "name") ?? "";
    const made = Object.hasOwn(own, name) ? own[name] : undefined;
    if (made !== undefined && !same(withoutNothing(value ?? null), made))
      at.invalid(`is not what the API server gives to ${name}, which is its own`, "Leave this object to it.");
  };

/** A value without what is to the API server as if it were absent. */
function withoutNothing(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutNothing);
  if (!isObject(value)) return value;
  const said = Object.entries(value).filter(
    ([key, one]) => !isNothing(one) && !(key === "lendablePercent" && one === 0),
  );
  return Object.fromEntries(said.map(([key, one]) => [key, withoutNothing(one)]));
}

function isNothing(value: Json): boolean {
  return value === null || value === "" || value === false || (Array.isArray(value) && value.length === 0);
}

/** https://kubernetes.io/docs/concepts/cluster-administration/flow-control/ */
export const flowControl: TypeDemands = {
  "flowcontrol.v1.FlowSchema": { spec: asMade(ownSchemas) },
  "flowcontrol.v1.FlowSchemaSpec": {
    matchingPrecedence: [unlessZero(range(1, 10_000)), precedence],
    distinguisherMethod: { type: exactlyOneWordOf("ByNamespace", "ByUser") },
    priorityLevelConfiguration: { name: [required, rule("apply/name", dns1123Subdomain)] },
  },
  "flowcontrol.v1.PolicyRulesWithSubjects": [
    onObject((rules, at) => {
      if (isUnset(rules.resourceRules) && isUnset(rules.nonResourceRules))
        at.say("Required", "has neither resourceRules nor nonResourceRules", "Say which requests it is about.");
    }),
    { subjects: required },
  ],
  "flowcontrol.v1.Subject": {
    kind: exactlyOneWordOf(...kinds),
    user: only("User"),
    group: only("Group"),
    serviceAccount: only("ServiceAccount"),
  },
  "flowcontrol.v1.UserSubject": { name: required },
  "flowcontrol.v1.GroupSubject": { name: required },
  "flowcontrol.v1.ServiceAccountSubject": rule("apply/name", {
    name: [required, accountName],
    namespace: [required, dns1123Label],
  }),
  "flowcontrol.v1.ResourcePolicyRule": {
    verbs: verbsOfRule,
    apiGroups: [required, wildcardAlone],
    resources: [required, wildcardAlone],
    namespaces: [namespaces, wildcardAlone, eachUnlessWildcard(element(dns1123Label))],
  },
  "flowcontrol.v1.NonResourcePolicyRule": {
    verbs: verbsOfRule,
    nonResourceURLs: [required, wildcardAlone, eachUnlessWildcard(element(url))],
  },

  "flowcontrol.v1.PriorityLevelConfiguration": { spec: asMade(ownLevels) },
  "flowcontrol.v1.PriorityLevelConfigurationSpec": {
    type: [required, oneOf("Exempt", "Limited"), exemptByName],
    limited: [
      when(fieldIs("type", "Limited"), requiredBecause("when type is Limited")),
      when(fieldIs("type", "Exempt"), absent("when type is Exempt")),
    ],
    exempt: when(fieldIs("type", "Limited"), absent("when type is Limited")),
  },
  "flowcontrol.v1.LimitedPriorityLevelConfiguration": {
    nominalConcurrencyShares: nonNegative,
    lendablePercent: range(0, 100),
    borrowingLimitPercent: nonNegative,
  },
  "flowcontrol.v1.ExemptPriorityLevelConfiguration": {
    nominalConcurrencyShares: nonNegative,
    lendablePercent: range(0, 100),
  },
  "flowcontrol.v1.LimitResponse": {
    type: [required, oneOf("Queue", "Reject")],
    queuing: [
      when(fieldIs("type", "Queue"), requiredBecause("when type is Queue")),
      when(fieldIs("type", "Reject"), absent("when type is Reject")),
    ],
  },
  "flowcontrol.v1.QueuingConfiguration": [
    hand,
    {
      queues: unlessZero(range(1, 10_000_000)),
      handSize: unlessZero(positive),
      queueLengthLimit: unlessZero(positive),
    },
  ],
};
