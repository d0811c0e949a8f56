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

/** `*`, or known verbs. */
const knownVerbs: Check = (value, at) => {
  const given = stringsIn(value);
  const unknown = given.find((verb) => !verbs.includes(verb));
  if (unknown !== undefined && !given.includes("*")) at.notSupported(unknown, [...verbs, "*"]);
};

const verbsOfRule = [required, wildcardAlone, knownVerbs];

const url = format(
  "a path or path prefix",
  "Start it with /, without spaces and double slashes; /* is only allowed at the end.",
  (path) => path === "/" || (/^\/[^ ]*$/.test(path) && !path.includes("//") && /^[^*]*(\/\*)?$/.test(path)),
);

/** Checks each element, unless there is a `*`, which matches all. */
const eachUnlessWildcard = (check: Check): Check => {
  const every = each(check);
  return (value, at) => {
    if (!stringsIn(value).includes("*")) every(value, at);
  };
};

const namespaces: Check = (value, at) => {
  if (isUnset(value) && at.parent.clusterScope !== true) at.required("unless clusterScope is true");
};

/** Each kind of subject has its own field (`ValidateFlowSchemaSubject`). */
const only = (kind: string) => [
  when(fieldIs("kind", kind), requiredBecause(`when kind is ${kind}`)),
  when(({ kind: is }) => is !== kind && kinds.includes(is as string), absent(`unless kind is ${kind}`)),
];

const kinds = ["Group", "ServiceAccount", "User"];

const accountName: Check = (value, at) => {
  if (value !== "*") dns1123Subdomain(value, at);
};

const isExempt = (at: Place) => stringAt(objectAt(at.root, "metadata"), "name") === "exempt";

/** 1 is reserved for the FlowSchema named exempt. */
const precedence: Check = (value, at) => {
  if (numberOf(value) === 1 && !isExempt(at))
    at.invalid("is 1, which is reserved for the FlowSchema exempt", "Use 2 or more.");
};

/** Dealing a hand of queues uses bits of a hash, which has only 60 (`shufflesharding.RequiredEntropyBits`). */
const hand = onObject(({ queues, handSize }, at) => {
  const [deck, cards] = [numberOf(queues) || 64, numberOf(handSize) || 8];
  if (cards <= 0) return;
  at.under("handSize", () => {
    const bits = Math.ceil(Math.log2(deck) * cards);
    if (cards > deck) at.invalid(`is ${cards}, but there are only ${deck} queues`, "Lower it, or raise queues.");
    else if (bits > 60)
      at.invalid(
        `is ${cards}; with ${deck} queues, it needs ${bits} hash bits, but there are only 60`,
        "Lower it, or lower queues.",
      );
  });
});

/** Skips 0, which gets a default. */
const unlessZero = (check: Check): Check => provided((value) => !isUnset(value), check);

/** The level named exempt must have the type Exempt, and no other level can have it. */
const exemptByName: Check = (value, at) => {
  if (typeof value === "string" && isExempt(at) !== (value === "Exempt"))
    at.invalid(
      `is ${at.show(value)}; ${isExempt(at) ? "the level named exempt must" : "only the level named exempt can"} be Exempt`,
      `Use ${isExempt(at) ? "Exempt" : "Limited"}.`,
    );
};

const all = ["*"];

/** Rules that match all requests of some groups. */
const rulesOf = (...groups: string[]): JsonObject[] => [
  {
    subjects: groups.map((name) => ({ kind: "Group", group: { name } })),
    resourceRules: [{ verbs: all, apiGroups: all, resources: all, namespaces: all, clusterScope: true }],
    nonResourceRules: [{ verbs: all, nonResourceURLs: all }],
  },
];

/** The specs of FlowSchemas that the API server itself creates (k8s.io/apiserver/pkg/apis/flowcontrol/bootstrap). */
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

/** The same for levels. The level exempt is left out: an exempt level has only shares, and these can be changed. */
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
      at.invalid(`is not what the API server sets for its own object ${name}`, "Leave this object to the API server.");
  };

/** A value without what the API server treats as absent. */
function withoutNothing(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutNothing);
  if (!isObject(value)) return value;
  const given = Object.entries(value).filter(
    ([key, one]) => !isNothing(one) && !(key === "lendablePercent" && one === 0),
  );
  return Object.fromEntries(given.map(([key, one]) => [key, withoutNothing(one)]));
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
        at.say(
          "Required",
          "has neither resourceRules nor nonResourceRules",
          "Add rules for the requests that it applies to.",
        );
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
