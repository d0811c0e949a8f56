import { type Json, objectAt } from "../../core/json.ts";
import { podKinds, podOf } from "../../core/pod.ts";
import type { Resource } from "../../core/resource.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";
import { parseQuantity, type Quantity, quantityOf, units } from "../../vocabulary/quantity.ts";
import { containersIn, inWords } from "../lib/containers.ts";
import { valuesAt } from "../lib/places.ts";

export const amount = definePolicy({
  id: "reliability/amount",
  severity: "error",
  why: "No node has thousands of cores or a pebibyte of memory, so the pod stays Pending; and no program runs in less than 1Mi, nor does a volume of that size hold anything. Such amounts mostly have a wrong suffix: m is a thousandth, M a million. https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/",
  fix: "Correct the suffix: cpu in thousandths of a core such as 100m, memory in bytes such as 256Mi or 1Gi.",
  match: { kind: [...podKinds, "PersistentVolumeClaim"] },
  *check(resource): Generator<Violation> {
    yield* ofClaims(resource);
    for (const { words, pointer, object } of holdersIn(resource)) {
      for (const field of ["requests", "limits"] as const) {
        const amounts = objectAt(objectAt(object, "resources"), field);
        for (const name of ["cpu", "memory"] as const) {
          const violation = judge(name, amounts?.[name]);
          if (violation === undefined) continue;
          const message = `${words} ${field === "requests" ? "requests" : "has a limit of"} ${violation.message}`;
          yield { ...violation, pointer: `${pointer}/resources/${field}/${name}`, message };
        }
      }
    }
  },
});

const claimed = "resources/requests/storage";
const claims: readonly string[] = [
  `spec/${claimed}`,
  `spec/volumeClaimTemplates/*/spec/${claimed}`,
  `spec/template/spec/volumes/*/ephemeral/volumeClaimTemplate/spec/${claimed}`,
];

/** Some storage classes round a few bytes up to what they can provide. */
function* ofClaims({ kind, name, object }: Resource): Generator<Violation> {
  for (const path of claims)
    for (const { value, pointer } of valuesAt(object, path)) {
      const quantity = quantityOf(value) ?? 0n;
      if (quantity <= 0n || quantity >= units(10 ** 6)) continue;
      const message = `${kind} ${name} claims ${value} of storage, which means ${inFull("memory", quantity)}`;
      const meant = /^\d+$/.test(String(value)) ? { help: `Did you mean ${value}Gi?` } : {};
      yield { pointer, message, ...meant, severity: "warning" };
    }
}

/** What has requests and limits: the containers of a resource, and its pods as a whole. */
function holdersIn(resource: Resource) {
  const pod = podOf(resource);
  if (pod === undefined) return [];
  const words = resource.kind === "Pod" ? `Pod ${resource.name}` : `each pod of ${resource.kind} ${resource.name}`;
  return [
    { words, pointer: pod.specPointer, object: pod.spec },
    ...containersIn(resource).map((one) => ({ ...one, words: inWords(one, resource) })),
  ];
}

type Name = "cpu" | "memory";

const [mebibyte, gibibyte] = [units(2 ** 20), units(2 ** 30)];

/** From the first amount up to, but without, the second one, a node may have it. */
const plausible: Readonly<Record<Name, readonly [Quantity, Quantity]>> = {
  cpu: [1n, units(1000)],
  memory: [mebibyte, units(2 ** 50)],
};

/** The suffixes that may have been meant, the likeliest first. */
const suffixes = { cpu: ["m"], tiny: ["Mi"], few: ["Gi"], huge: ["", "Gi", "Mi"] };

function judge(name: Name, value: Json | undefined): Pick<Violation, "message" | "help"> | undefined {
  const quantity = quantityOf(value);
  if (quantity === undefined || quantity <= 0n || isPlausible(name, quantity)) return undefined;
  const meant = meantBy(name, String(value).trim(), quantity);
  const message = `${value} of ${name}, which means ${inFull(name, quantity)}`;
  return meant === undefined ? { message } : { message, help: `Did you mean ${meant}?` };
}

function isPlausible(name: Name, quantity: Quantity): boolean {
  const [least, most] = plausible[name];
  return quantity >= least && quantity < most;
}

/** The same digits with another suffix, if a node may have that. */
function meantBy(name: Name, written: string, quantity: Quantity): string | undefined {
  const [, digits, suffix] = /^([\d.]+)([a-zA-Z]*)$/.exec(written) ?? [];
  if (digits === undefined) return undefined;
  const isFew = suffix === "" && quantity < units(16);
  const tried = name === "cpu" ? "cpu" : quantity >= mebibyte ? "huge" : isFew ? "few" : "tiny";
  return suffixes[tried].map((one) => `${digits}${one}`).find((one) => isPlausible(name, parseQuantity(one) ?? 0n));
}

/** `100,000,000 cores`, `0.256 bytes`, `1,048,576 GiB` */
function inFull(name: Name, quantity: Quantity): string {
  if (name === "cpu") return `${grouped(quantity)} cores`;
  if (quantity < mebibyte) return `${grouped(quantity)} byte${quantity === units(1) ? "" : "s"}`;
  return `${grouped(quantity / (gibibyte / units(1)))} GiB`;
}

/** A quantity with its digits in groups, and at most nine after the point. */
function grouped(quantity: Quantity): string {
  const [whole, fraction] = [quantity / units(1), quantity % units(1)];
  const digits = `${whole}`.replace(/\B(?=(?:\d{3})+$)/g, ",");
  const rest = `${fraction}`.padStart(9, "0").replace(/0+$/, "");
  return rest === "" ? digits : `${digits}.${rest}`;
}
