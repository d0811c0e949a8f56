import { each, from, rule, type TypeDemands } from "../../vocabulary/demand.ts";
import type { Check } from "../../vocabulary/place.ts";
import { textOf } from "../../vocabulary/text.ts";
import { finalizer } from "./object.ts";

/** A level of the Pod Security Standards, in a label of a namespace (admission plugin PodSecurity). */
const level: Check = (value, at) => {
  if (!Object.hasOwn(at.parent, at.token) || ["privileged", "baseline", "restricted"].includes(textOf(value))) return;
  const help = "Use privileged, baseline or restricted.";
  at.invalid(`is ${at.show(value ?? "")}, which is not a Pod Security level`, help);
};

const version: Check = (value, at) => {
  if (!Object.hasOwn(at.parent, at.token) || /^(latest|v1\.(0|[1-9]\d*))$/.test(textOf(value))) return;
  at.invalid(
    `is ${at.show(value ?? "")}, which is not a Pod Security version`,
    "Use latest or a version such as v1.36.",
  );
};

const modes = ["enforce", "audit", "warn"].map((mode) => `pod-security.kubernetes.io/${mode}`);

const podSecurity = Object.fromEntries(
  modes.flatMap((mode) => [
    [mode, level],
    [`${mode}-version`, version],
  ]),
);

const deprecatedMountable: Check = (value, at) => {
  if (value !== undefined)
    at.warn("is deprecated", "Use a separate namespace for Secrets that the pods must not mount.");
};

/** Namespaces and ServiceAccounts. */
export const namespace: TypeDemands = {
  "core.v1.Namespace": { metadata: { labels: rule("apply/label", podSecurity) } },
  "core.v1.NamespaceSpec": { finalizers: rule("apply/name", each(finalizer)) },
  "core.v1.ServiceAccount": {
    metadata: {
      annotations: { "kubernetes.io/enforce-mountable-secrets": from("1.32", deprecatedMountable) },
    },
  },
};
