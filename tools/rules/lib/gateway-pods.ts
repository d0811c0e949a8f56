import type { Wants } from "../../core/finding.ts";
import { isObject, type JsonObject, listAt, objectAt, stringAt, stringsAt } from "../../core/json.ts";
import type { TargetContext } from "../../policy/define.ts";
import { meant } from "./misspelt.ts";
import { indexOf } from "./target.ts";

/** Labels of the pods that a controller makes for a Gateway. https://gateway-api.sigs.k8s.io/geps/gep-1762/ */
const labels = ["gateway.networking.k8s.io/gateway-name", "gateway.networking.k8s.io/gateway-class-name"] as const;
const [gatewayName] = labels;
const kind = "Gateway.gateway.networking.k8s.io";

/** Whether a selector is about pods that a controller makes for a Gateway, which may be in another target. */
export function mayBeOfGateway(selector: JsonObject, namespace: string | undefined, context: TargetContext): boolean {
  if (!labels.some((label) => asks(selector, label))) return false;
  const [wanted, there] = [namesIn(selector), gatewaysIn(namespace, context)];
  return wanted.length === 0 || there.length === 0 || wanted.some((name) => there.includes(name));
}

/** How to fix a selector for the pods of a Gateway that is not among the others of its namespace. */
export function gatewayMeant(
  selector: JsonObject,
  namespace: string | undefined,
  context: TargetContext,
): string | undefined {
  const [[wanted], there] = [namesIn(selector), gatewaysIn(namespace, context)];
  if (wanted === undefined || there.length === 0) return undefined;
  const near = meant(wanted, there, context);
  return near === undefined ? `The Gateways of this namespace: ${there.join(", ")}.` : `Did you mean ${near}?`;
}

/** The Gateway for which a controller makes the pods that a selector is about, which another target may have. */
export function gatewayFor(selector: JsonObject, namespace: string | undefined): Wants | undefined {
  const [name] = namesIn(selector);
  return name === undefined ? undefined : { kind, namespace, name };
}

function gatewaysIn(namespace: string | undefined, context: TargetContext): string[] {
  const names = indexOf(context)
    .ofKindIn(kind, namespace)
    .map(({ name }) => name);
  return names.sort();
}

/** The names of Gateways that a selector accepts. */
function namesIn(selector: JsonObject): string[] {
  const name = stringAt(objectAt(selector, "matchLabels"), gatewayName);
  const among = expressionsOf(selector, gatewayName).filter(({ operator }) => operator === "In");
  return name === undefined ? among.flatMap((one) => stringsAt(one, "values")) : [name];
}

function asks(selector: JsonObject, label: string): boolean {
  return objectAt(selector, "matchLabels")?.[label] !== undefined || expressionsOf(selector, label).length > 0;
}

function expressionsOf(selector: JsonObject, label: string): JsonObject[] {
  return listAt(selector, "matchExpressions")
    .filter(isObject)
    .filter(({ key, operator }) => key === label && (operator === "In" || operator === "Exists"));
}
