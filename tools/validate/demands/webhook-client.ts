import { isObject } from "../../core/json.ts";
import { onObject, rule, type TypeDemands } from "../../vocabulary/demand.ts";
import { dns1035Label, isSubdomain } from "../../vocabulary/names.ts";
import { portNumber } from "../../vocabulary/numbers.ts";
import type { Check } from "../../vocabulary/place.ts";
import { present, required } from "../../vocabulary/presence.ts";
import { evenEmpty } from "../../vocabulary/text.ts";
import { parseUrl } from "../../vocabulary/url.ts";

const desired = "Use https://host/path without user, query and fragment.";

/** `ValidateWebhookURL`. */
const url: Check = (value, at) => {
  if (typeof value !== "string") return;
  const parsed = parseUrl(value);
  const say = (says: string) => at.invalid(`is ${at.show(value)}, ${says}`, desired);
  if (parsed === undefined) {
    at.say("Required", `is ${at.show(value)}, which is not a URL`, desired);
    return;
  }
  if (parsed.scheme !== "https") say("which is not https");
  else if (parsed.host === "") say("which has no host");
  if (parsed.user !== undefined) say("which names a user");
  if (parsed.fragment !== "") say("which has a fragment");
  if (parsed.query !== "") say("which has a query");
};

/** Each part of the path is a DNS name (`ValidateWebhookService`). */
const servicePath: Check = (value, at) => {
  if (typeof value !== "string" || value === "" || value === "/") return;
  const parts = value.slice(1).replace(/\/$/, "").split("/");
  if (value.startsWith("/") && value !== "//" && parts.every(isSubdomain)) return;
  at.invalid(
    `is ${at.show(value)}, which is not a path of DNS names`,
    "Use a path that begins with / and is in lower case, such as /validate.",
  );
};

/** Either a URL or a Service, which are checked only if the other is missing. */
export const urlOrService = onObject((config, at) => {
  const { url: address, service } = config;
  const hasUrl = (address ?? undefined) !== undefined;
  const hasService = (service ?? undefined) !== undefined;
  if (hasUrl === hasService) {
    const says = hasUrl ? "has both url and service" : "needs a url or a service";
    at.say("Required", says, "Keep exactly one of the two.");
  } else if (hasUrl) at.under("url", () => url(address ?? undefined, at));
  else if (isObject(service)) at.under("service", () => serviceReference(service, at));
});

const checkPort = rule("apply/port", portNumber);

const serviceReference = onObject((service, at) => {
  at.under("name", () => required(service.name ?? undefined, at));
  at.under("namespace", () => required(service.namespace ?? undefined, at));
  at.under("port", () => checkPort(service.port ?? undefined, at));
  at.under("path", () => servicePath(service.path ?? undefined, at));
});

const reviewVersions = ["v1", "v1beta1"];

/** The review versions that the webhook supports; the API server must support one of them. */
export const understoodVersions: Check = (value, at) => {
  present(value, at);
  if (!Array.isArray(value)) return;
  if (value.length === 0) at.required();
  else if (!value.some((version) => reviewVersions.includes(version as string))) {
    at.invalid(`has none of ${reviewVersions.join(", ")}`, 'Use ["v1"].');
  }
  value.forEach((version, index) => {
    at.enter(index);
    if (value.indexOf(version) < index) at.invalid(`is ${at.show(version)} a second time`, "Remove it.");
    else evenEmpty(dns1035Label)(version ?? "", at);
    at.leave();
  });
};

/** How the API server reaches a webhook. */
export const webhookClient: TypeDemands = {
  "admissionregistration.v1.WebhookClientConfig": urlOrService,
};
