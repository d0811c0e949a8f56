import { podKinds, podOf } from "../../core/pod.ts";
import { hasVariable } from "../../core/variable.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";
import { isTypo } from "../lib/misspelt.ts";
import { type NodeRequirement, nodeTermsOf, topologyKeysOf } from "../lib/node-requirements.ts";

export const nodeLabel = definePolicy({
  id: "reliability/node-label",
  severity: "error",
  why: "Every node has labels with its operating system and architecture, as Go names them, and with its host name and zone. A pod that requires a label which no node can have stays Pending; one that prefers it may run anywhere. https://kubernetes.io/docs/reference/labels-annotations-taints/",
  fix: "Correct the requirement as the finding describes.",
  match: { kind: podKinds },
  *check(resource): Generator<Violation> {
    const pod = podOf(resource);
    if (pod === undefined) return;
    const subject = `${resource.kind} ${resource.name}`;
    const { selector, terms } = nodeTermsOf(pod);
    for (const { requirements, isRequired } of [{ requirements: selector, isRequired: true }, ...terms]) {
      const before = isRequired && requirements !== selector ? [...selector] : [];
      for (const one of requirements) {
        const problem = problemOf(one) ?? contradiction(one, before);
        before.push(one);
        if (problem === undefined) continue;
        const { what, help } = problem;
        const message = `${subject} ${isRequired ? "requires" : "asks for"} nodes ${what}`;
        yield { pointer: one.pointer, message, help, ...(!isRequired && { severity: "warning" }) };
      }
    }
    for (const { value, pointer } of topologyKeysOf(pod)) {
      const meant = keyMeantBy(String(value));
      const message = `${subject} uses the topology ${value}, which is no label of nodes`;
      if (meant !== undefined) yield { pointer, message, help: `Did you mean ${meant}?`, severity: "warning" };
    }
  },
});

/** What is wrong with the nodes that are asked for. */
interface Problem {
  readonly what: string;
  readonly help: string;
}

function problemOf({ key, operator, values }: NodeRequirement): Problem | undefined {
  const meant = keyMeantBy(key);
  if (meant !== undefined) return { what: `with the label ${key}, which no node has`, help: `Did you mean ${meant}?` };
  const isComparison = operator === "Gt" || operator === "Lt";
  const text = isComparison && values.find((value) => !/^-?\d+$/.test(value) && !isFilledIn(value));
  if (text)
    return { what: `with ${key} ${operator} ${text}: only integers can be compared`, help: "Use the operator In." };
  const known = Object.hasOwn(knownValues, key) ? knownValues[key] : undefined;
  const isWrong = (value: string) => known !== undefined && !known.includes(value) && !isFilledIn(value);
  const [wrong] = operator === "In" && !values.every(isWrong) ? [] : values.filter(isWrong);
  if (known === undefined || wrong === undefined || !["In", "NotIn"].includes(operator)) return undefined;
  const lower = wrong.toLowerCase();
  const near = aliases[lower] ?? known.find((one) => one === lower || isTypo(lower, one));
  const help = near ? `Did you mean ${near}?` : `Values: ${known.slice(0, 8).join(", ")}.`;
  return { what: `with${operator === "NotIn" ? "out" : ""} ${key}: ${wrong}, which no node has`, help };
}

/** Kubernetes takes the names from Go: `runtime.GOOS`, `runtime.GOARCH`. */
const knownValues: Readonly<Record<string, readonly string[]>> = {
  "kubernetes.io/os": ["linux", "windows", "darwin", "freebsd"],
  "kubernetes.io/arch": ["amd64", "arm64", "arm", "ppc64le", "s390x", "riscv64", "386", "loong64", "mips64le", "ppc64"],
};

const aliases: Readonly<Record<string, string | undefined>> = {
  ...{ x86_64: "amd64", "x86-64": "amd64", x64: "amd64" },
  ...{ aarch64: "arm64", arm64v8: "arm64", armv8: "arm64", armhf: "arm", armv7: "arm", armv7l: "arm", i386: "386" },
};

/** https://kubernetes.io/docs/reference/labels-annotations-taints/ */
const knownKeys = [
  ...["kubernetes.io/os", "kubernetes.io/arch", "kubernetes.io/hostname", "node.kubernetes.io/instance-type"],
  ...["topology.kubernetes.io/zone", "topology.kubernetes.io/region", "node-role.kubernetes.io/control-plane"],
];

/** The label that a misspelt one means: one letter is wrong, or it has the prefix of another. */
function keyMeantBy(key: string): string | undefined {
  if (knownKeys.includes(key)) return undefined;
  const [prefix = "", name = ""] = key.split("/");
  const isOther = ["kubernetes.io", "node.kubernetes.io", "topology.kubernetes.io"].includes(prefix);
  return knownKeys.find((one) => isTypo(key, one) || (isOther && one.endsWith(`/${name}`)));
}

/** Whether something replaces the value before it is applied. */
function isFilledIn(value: string): boolean {
  return hasVariable(value) || /[^\w.-]/.test(value);
}

/** Two requirements for one label that no value satisfies. */
function contradiction({ key, ...one }: NodeRequirement, before: readonly NodeRequirement[]): Problem | undefined {
  const other = before.find((two) => two.key === key && (excludes(one, two) || excludes(two, one)));
  const help = "Write all permitted values in one requirement: operator: In.";
  return other && { what: `with two values of ${key} at once`, help };
}

type Values = Pick<NodeRequirement, "operator" | "values">;

function excludes(one: Values, other: Values): boolean {
  if ([...one.values, ...other.values].some(isFilledIn)) return false;
  if (one.operator === "DoesNotExist") return ["In", "Exists", "Gt", "Lt"].includes(other.operator);
  if (one.operator !== "In") return false;
  if (other.operator === "In") return !one.values.some((value) => other.values.includes(value));
  return other.operator === "NotIn" && one.values.every((value) => other.values.includes(value));
}
