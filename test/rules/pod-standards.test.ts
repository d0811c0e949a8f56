import { join } from "node:path";
import { expect, test } from "vitest";
import type { JsonObject } from "../../tools/core/json.ts";
import { type Pod, podOf } from "../../tools/core/pod.ts";
import { resourceOf } from "../../tools/core/resource.ts";
import { evaluate } from "../../tools/policy/evaluate.ts";
import { controls, podStandards } from "../../tools/rules/security/pod-standards/index.ts";
import { changed, readVerdicts } from "../validate/agreement.ts";

/** The controls that admission names at a level: its own, and those of baseline that they do not override. */
function reasonsOf(pod: Pod, level: "baseline" | "restricted", minor: number): string[] {
  const inForce = controls.filter((control) => level === "restricted" || control.level === "baseline");
  const overridden = new Set(inForce.map(({ overrides }) => overrides));
  const broken = inForce.filter((control) => !overridden.has(control) && [...control.check(pod, minor)].length > 0);
  return [...new Set(broken.map(({ reason }) => reason))].sort();
}

type Admission = Readonly<Record<"baseline" | "restricted", readonly string[] | null>>;

test("names the same controls as a real API server's admission", () => {
  const { seeds, lines } = readVerdicts(join(import.meta.dirname, "..", "validate", "verdicts"));
  const differing: unknown[] = [];
  let judged = 0;
  for (const line of lines as readonly ((typeof lines)[number] & { podSecurity?: Admission })[]) {
    const pod = line.podSecurity && podOf(resourceOf(changed(seeds[line.seed] as JsonObject, line)));
    if (!line.podSecurity || !pod) continue;
    for (const level of ["baseline", "restricted"] as const) {
      const theirs = line.podSecurity[level];
      if (theirs === null) continue;
      judged++;
      const ours = reasonsOf(pod, level, 36);
      if (JSON.stringify(ours) !== JSON.stringify([...theirs].sort()))
        differing.push([line.seed, line.path, level, theirs, ours]);
    }
  }
  console.log(`Pod Security: ${judged} answers, ${judged - differing.length} agreed`);
  expect(differing.slice(0, 10)).toEqual([]);
  expect(judged).toBeGreaterThan(7000);
});

const container = { name: "main", image: "registry.example.com/shop/tool:2.1.0" };

/** The findings for a Deployment in a namespace with these labels. */
async function findingsFor(labels: JsonObject | undefined, spec: JsonObject, versions = ["1.36"]) {
  const target = { path: "shop", kind: "manifests" } as const;
  const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "shop", ...(labels && { labels }) } };
  const metadata = { name: "tool", namespace: "shop" };
  const deployment = { apiVersion: "apps/v1", kind: "Deployment", metadata, spec: { template: { spec } } };
  const resources = [namespace, deployment].map((object) => resourceOf(object));
  const { problems, crashes } = await evaluate(podStandards, { target, resources, versions });
  expect(crashes).toEqual([]);
  return problems.map(
    ({ rule, severity, pointer }) => `${severity} ${rule} ${pointer.replace("/spec/template/spec", "")}`,
  );
}

const label = (mode: string, value: string) => ({ [`pod-security.kubernetes.io/${mode}`]: value });
const hostPid = { hostPID: true, containers: [] };
const bare = { containers: [container] };
const unsafe = { securityContext: { sysctls: [{ name: "net.ipv4.tcp_rmem", value: "1" }] }, containers: [] };
const lacks = ["privilege-escalation", "run-as-non-root", "seccomp-restricted", "capabilities-restricted"];

test.each<[string, JsonObject | undefined, JsonObject, string[], string[]?]>([
  ["a namespace without labels", undefined, hostPid, ["error security/host-namespaces /hostPID"]],
  [
    "a namespace that enforces baseline",
    label("enforce", "baseline"),
    hostPid,
    ["error security/host-namespaces /hostPID"],
  ],
  ["a privileged namespace", label("enforce", "privileged"), hostPid, []],
  ["advice from restricted", undefined, bare, lacks.map((name) => `warning security/${name} /containers/0`)],
  [
    "errors where restricted is enforced",
    label("enforce", "restricted"),
    bare,
    lacks.map((name) => `error security/${name} /containers/0`),
  ],
  ["no advice in a privileged namespace", label("enforce", "privileged"), bare, []],
  ["a namespace that warns about nothing", label("warn", "privileged"), hostPid, []],
  [
    "a namespace that warns about baseline only",
    label("warn", "baseline"),
    hostPid,
    ["error security/host-namespaces /hostPID"],
  ],
  [
    "advice in a privileged namespace that warns about restricted",
    { ...label("enforce", "privileged"), ...label("warn", "restricted") },
    bare,
    lacks.map((name) => `warning security/${name} /containers/0`),
  ],
  ["a safe sysctl", undefined, unsafe, []],
  [
    "a sysctl that is safe from 1.32 on, enforced for 1.31",
    { ...label("enforce", "baseline"), ...label("enforce-version", "v1.31") },
    unsafe,
    ["error security/sysctls /securityContext/sysctls/0/name"],
  ],
  [
    "a sysctl that is safe from 1.32 on, checked for 1.30",
    undefined,
    unsafe,
    ["error security/sysctls /securityContext/sysctls/0/name"],
    ["1.30", "1.36"],
  ],
  [
    "one error for a pod that both levels reject",
    label("enforce", "restricted"),
    { containers: [], volumes: [{ name: "a", hostPath: { path: "/" } }] },
    ["error security/host-path /volumes/0"],
  ],
])("%s", async (_, labels, spec, expected, versions) => {
  expect(await findingsFor(labels, spec, versions)).toEqual(expected);
});

test.each<[boolean, JsonObject, RegExp]>([
  [false, { containerPort: 80, hostPort: 80 }, /^Remove hostPort and/],
  [true, { containerPort: 80, hostPort: 80 }, /^Remove hostNetwork \(and hostPort\) and/],
  [true, { containerPort: 80 }, /^Remove hostNetwork \(and hostPort\) and/],
])("with hostNetwork %j, the help for port %j fits", async (hostNetwork, port, help) => {
  const spec = { hostNetwork, containers: [{ ...container, ports: [port] }] };
  const resources = [resourceOf({ apiVersion: "v1", kind: "Pod", metadata: { name: "tool" }, spec })];
  const { problems } = await evaluate(podStandards, { target: { path: "shop", kind: "manifests" }, resources });
  expect(problems.find(({ rule }) => rule === "security/host-ports")?.help).toMatch(help);
});
