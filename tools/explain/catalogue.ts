import { groupBy } from "../core/group.ts";
import type { RuleInfo } from "../core/rule.ts";

const families: Readonly<Record<string, string>> = {
  render: "what prevents a target from rendering",
  schema: "the structure of objects, for every requested Kubernetes version",
  api: "API versions",
  apply: "what the API server's validation rejects although the structure is right",
  link: "references between objects",
  discovery: "how the tiers find each other",
  security: "the Pod Security Standards, by control name, and more",
  reliability: "what keeps a workload running",
  gitops: "kustomizations, and how Argo CD and Flux use them",
};

/** All rules in Markdown, by family: what breaks if a rule is violated, and how to fix it. */
export function catalogue(rules: readonly RuleInfo[]): string {
  const byFamily = [...groupBy(rules, ({ id }) => id.split("/")[0] ?? "")];
  const order = Object.keys(families);
  const rank = (family: string) => (order.includes(family) ? order.indexOf(family) : order.length);
  const sorted = byFamily.sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1));
  return [
    "# The rules",
    `${rules.length} rules, listed by \`gitops policies list -o markdown\`. \`gitops explain ID\` explains a rule. A profile or an override in gitops.yaml may change a severity or turn a rule off with a reason; a waiver in \`policies/waivers.yaml\` accepts one finding until a given date.`,
    settings,
    ...sorted.map(([family, own]) => chapter(family, own)),
  ]
    .join("\n\n")
    .concat("\n");
}

/** How to reduce the number of findings. */
const settings = `\`\`\`yaml
# gitops.yaml
profile: baseline # only what breaks, no advice; the default is recommended; strict turns warnings into errors
rules: # for all targets
  reliability/probes: { severity: info, reason: only batch jobs here }
overrides: # for some targets; each override and each rule in it needs a reason
  - match: [overlays/dev, sandbox/*]
    reason: nobody depends on it
    profile: baseline
    rules:
      security/plaintext-secret: { severity: off, reason: example values }
\`\`\`

\`severity\` is error, warning, info or off. A target that does not render is never clean, whatever is off; if only a controller can render it,
list just the other targets under \`targets\`. To accept a single finding, with an owner and an end date, add a waiver:

\`\`\`yaml
# policies/waivers.yaml, set as waivers in gitops.yaml
- rule: security/host-path
  target: overlays/live
  resource: apps/v1/DaemonSet/logs/agent
  reason: it reads the logs of the node
  owner: team-logs
  expires: "2027-06-30"
\`\`\`

\`gitops policies test\` tests policies with the examples beside them: \`fixtures/<family>/<name>/pass*.yaml\`, where a policy finds nothing, and
\`fail*.yaml\`, where it finds something, on the lines that end with \`# <- family/name\`, if any. For a policy with
\`checkKustomization\` or \`checkRepository\`, each example is a folder, \`pass*/\` or \`fail*/\`, that contains a small repository.`;

function chapter(family: string, rules: readonly RuleInfo[]): string {
  const title = families[family] ?? "this repository's own policies";
  const sorted = [...rules].sort((a, b) => (a.id < b.id ? -1 : 1));
  return [`## ${family}/: ${title}`, ...sorted.map(entry)].join("\n\n");
}

function entry({ id, severity, why, fix, profile }: RuleInfo): string {
  const marks = [severity, ...(profile ? [`profile ${profile}`] : [])].join(", ");
  return `### ${id}\n\n_${marks}._ ${plain(why)}\n\n→ ${plain(fix)}`;
}

/** Escapes plain text for Markdown. */
function plain(text: string): string {
  return text.trim().replaceAll(/[\\`*<]/g, "\\$&");
}
