import { groupBy } from "../core/group.ts";
import type { RuleInfo } from "../core/rule.ts";

const families: Readonly<Record<string, string>> = {
  render: "what keeps a target from being rendered",
  schema: "the shape, for every version asked for",
  api: "versions of the API",
  apply: "what the API server's own validation refuses once the shape is right",
  link: "references that must meet",
  discovery: "how the tiers find each other",
  security: "the Pod Security Standards, by their control names, and beyond",
  reliability: "what keeps a workload running",
  gitops: "kustomizations, and what Argo CD and Flux make of them",
};

/** Every rule in Markdown, by family: what breaks where it is broken, and what to do about it. */
export function catalogue(rules: readonly RuleInfo[]): string {
  const byFamily = [...groupBy(rules, ({ id }) => id.split("/")[0] ?? "")];
  const order = Object.keys(families);
  const rank = (family: string) => (order.includes(family) ? order.indexOf(family) : order.length);
  const sorted = byFamily.sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1));
  return [
    "# The rules",
    `${rules.length} rules, listed by \`gitops policies list -o markdown\`. \`gitops explain ID\` teaches one. A profile or an override in gitops.yaml may change a severity or turn a rule off with a reason; a waiver in \`policies/waivers.yaml\` lets one finding pass until a day.`,
    settings,
    ...sorted.map(([family, own]) => chapter(family, own)),
  ]
    .join("\n\n")
    .concat("\n");
}

/** What somebody who is told too much looks for. */
const settings = `\`\`\`yaml
# gitops.yaml
profile: baseline # what breaks, without advice; recommended is the default, strict makes errors of warnings
rules: # for all targets
  reliability/probes: { severity: info, reason: batch jobs alone }
overrides: # for some; each says why, and so does each rule in it
  - match: [overlays/dev, sandbox/*]
    reason: nobody depends on it
    profile: baseline
    rules:
      security/plaintext-secret: { severity: off, reason: example values }
\`\`\`

\`severity\` is error, warning, info or off. A target that is not rendered is not clean, whatever is off: where only a controller can render it,
name the others under \`targets\`. For one finding, with an owner and an end, a waiver:

\`\`\`yaml
# policies/waivers.yaml, which gitops.yaml names under waivers
- rule: security/host-path
  target: overlays/live
  resource: apps/v1/DaemonSet/logs/agent
  reason: it reads the logs of the node
  owner: team-logs
  expires: "2027-06-30"
\`\`\`

\`gitops policies test\` holds policies to examples beside them: \`fixtures/<family>/<name>/pass*.yaml\`, in which a policy finds nothing, and
\`fail*.yaml\`, in which it finds something, on the lines that end with \`# <- family/name\` where there are any. Of a policy with
\`checkKustomization\` or \`checkRepository\` each example is a folder, \`pass*/\` or \`fail*/\`: a small repository of its own.`;

function chapter(family: string, rules: readonly RuleInfo[]): string {
  const title = families[family] ?? "this repository's own policies";
  const sorted = [...rules].sort((a, b) => (a.id < b.id ? -1 : 1));
  return [`## ${family}/: ${title}`, ...sorted.map(entry)].join("\n\n");
}

function entry({ id, severity, why, fix, profile }: RuleInfo): string {
  const marks = [severity, ...(profile ? [`profile ${profile}`] : [])].join(", ");
  return `### ${id}\n\n_${marks}._ ${plain(why)}\n\n→ ${plain(fix)}`;
}

/** Of text that is not Markdown. */
function plain(text: string): string {
  return text.trim().replaceAll(/[\\`*<]/g, "\\$&");
}
