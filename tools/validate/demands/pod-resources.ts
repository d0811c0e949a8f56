import { isObject, type JsonObject } from "../../core/json.ts";
import { onObject, rule } from "../../vocabulary/demand.ts";
import { objectsIn } from "../../vocabulary/lists.ts";
import type { Check, Place } from "../../vocabulary/place.ts";
import type { Quantity } from "../../vocabulary/quantity.ts";
import { textOf } from "../../vocabulary/text.ts";
import { amountOf, isHugePages } from "./resources.ts";

// The resources of a whole pod (PodLevelResources, from 1.34 on) must be consistent with those of its containers.

type Amounts = ReadonlyMap<string, Quantity>;

/** A contradiction, its path below the pod's spec, and the texts to report. */
interface Clash {
  readonly path: readonly (string | number)[];
  readonly says: string;
  readonly help: string;
}

/** The requests or limits of `resources`, without malformed amounts. */
export function amountsIn(resources: unknown, list: "requests" | "limits"): Amounts {
  const given = isObject(resources) && isObject(resources[list]) ? resources[list] : {};
  const amounts = Object.entries(given).map(([name, amount]) => [name, amountOf(amount)] as const);
  return new Map(amounts.filter((entry): entry is [string, Quantity] => entry[1] !== undefined));
}

function combined(a: Amounts, b: Amounts, combine: (one: Quantity, other: Quantity) => Quantity): Amounts {
  const names = new Set([...a.keys(), ...b.keys()]);
  return new Map([...names].map((name) => [name, combine(a.get(name) ?? 0n, b.get(name) ?? 0n)]));
}

const sum = (a: Amounts, b: Amounts) => combined(a, b, (one, other) => one + other);
const most = (a: Amounts, b: Amounts) => combined(a, b, larger);

function larger(one: Quantity, other: Quantity): Quantity {
  if (one > other) return one;
  return other;
}

type AmountsOf = (container: JsonObject) => Amounts;

/**
 * The most that a pod's containers use at the same time: all containers and sidecars, or an init container and the
 * sidecars started before it (`AggregateContainerRequests` of k8s.io/component-helpers).
 */
export function together(spec: JsonObject, of: AmountsOf): Amounts {
  let sidecars: Amounts = new Map();
  let starting: Amounts = new Map();
  for (const container of objectsIn(spec.initContainers)) {
    const own = sum(sidecars, of(container));
    if (container.restartPolicy === "Always") sidecars = own;
    starting = most(starting, own);
  }
  return most(objectsIn(spec.containers).map(of).reduce(sum, sidecars), starting);
}

const requestsOf: AmountsOf = ({ resources }) => amountsIn(resources, "requests");
const limitsOf: AmountsOf = ({ resources }) => amountsIn(resources, "limits");

/** In a Pod, a missing request defaults to the limit (`SetDefaults_Pod`). */
const filledRequestsOf: AmountsOf = (container) => new Map([...limitsOf(container), ...requestsOf(container)]);

/** `validatePodResourceConsistency`. */
function clashesOf(spec: JsonObject, of: AmountsOf): Clash[] {
  const [requests, limits] = [amountsIn(spec.resources, "requests"), amountsIn(spec.resources, "limits")];
  const belowRequests = [...together(spec, of)].filter(([name, all]) => all > (requests.get(name) ?? all));
  const belowLimits = [...together(spec, limitsOf)].filter(
    ([name, all]) => isHugePages(name) && all > (limits.get(name) ?? all),
  );
  return [
    ...belowRequests.map(([name]) => ofAll("requests", name)),
    ...belowLimits.map(([name]) => ofAll("limits", name)),
    ...objectsIn(spec.containers).flatMap((container, index) =>
      [...limitsOf(container)]
        .filter(([name, limit]) => limit > (limits.get(name) ?? limit))
        .map(([name]) => ofOne(index, name)),
    ),
  ];
}

function ofAll(list: "requests" | "limits", name: string): Clash {
  const says = `is below the total ${list} of the pod's containers`;
  return { path: ["resources", list, name], says, help: `Raise it or lower the ${list} of the containers.` };
}

function ofOne(index: number, name: string): Clash {
  const path = ["containers", index, "resources", "limits", name];
  return {
    path,
    says: "is above the limit of the pod in spec.resources",
    help: "Lower it or raise the limit of the pod.",
  };
}

/**
 * Missing requests of a Pod default to the total of its containers, which must be within its limits
 * (`defaultPodRequests`).
 */
function aboveLimits(spec: JsonObject): Clash[] {
  const [requests, limits] = [amountsIn(spec.resources, "requests"), amountsIn(spec.resources, "limits")];
  return [...together(spec, filledRequestsOf)]
    .filter(([name, all]) => !isHugePages(name) && !requests.has(name) && all > (limits.get(name) ?? all))
    .map(([name]) => ({
      path: ["resources", "limits", name],
      says: "is below the total requests of the pod's containers",
      help: "Raise it or lower the requests of the containers.",
    }));
}

function report(clashes: readonly Clash[], at: Place): void {
  for (const { path, says, help } of clashes) at.beneath(path, () => at.invalid(says, help));
}

const consistent = onObject((spec, at) => {
  if (!isObject(spec.resources) || textOf(isObject(spec.os) ? spec.os.name : "") === "windows") return;
  const inPod = [...clashesOf(spec, filledRequestsOf), ...aboveLimits(spec)];
  if (at.kind === "Pod") return report(inPod, at);
  const inTemplate = clashesOf(spec, requestsOf);
  report(inTemplate, at);
  if (inTemplate.length > 0 || at.kind === "PodTemplate") return;
  at.rule = "apply/pods-rejected";
  report(inPod, at);
});

/** https://kubernetes.io/docs/tasks/configure-pod-container/assign-pod-level-resources/ */
export const podAndContainerResources: Check = rule("apply/quantity", consistent);
