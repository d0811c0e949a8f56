import type { Policy } from "../policy/define.ts";
import discovery from "./discovery?rules";
import gitops from "./gitops?rules";
import { isChartTest } from "./lib/hooks.ts";
import link from "./link?rules";
import reliability from "./reliability?rules";
import { podStandards } from "./security/pod-standards/index.ts";
import security from "./security?rules";

/** The rules of the gate beyond what the API server itself demands: one file each, in the folder of its family. */
export const rules: readonly Policy[] = [
  ...link,
  ...discovery,
  ...podStandards,
  ...security,
  ...reliability.map(withoutTests),
  ...gitops,
];

/** A rule that skips the tests of charts: nothing depends on them. */
function withoutTests(rule: Policy): Policy {
  const { check } = rule;
  if (check === undefined) return rule;
  return { ...rule, check: (resource, context) => (isChartTest(resource) ? [] : check(resource, context)) };
}
