import { expect, test } from "vitest";
import type { JsonObject } from "../../tools/core/json.ts";
import { resourceOf, type Target } from "../../tools/core/resource.ts";
import { allEffects, draftsOf } from "../../tools/diff/changes.ts";
import { restarts } from "../../tools/diff/draft.ts";
import { loadSchemas } from "../../tools/validate/index.ts";
import { manifestOf, type Recorded, readVerdicts } from "../validate/agreement.ts";

const verdicts = readVerdicts(new URL("../validate/verdicts", import.meta.url).pathname, "effects");
const lines = verdicts.lines as readonly (Recorded & { readonly changed: readonly string[] })[];

/** Raise these whenever agreement rises; never lower them. */
const floor = { unchanged: 0.996, restarts: 0.999 };

const given = "only the cluster knows that this is the value it assigned: another one would be rejected";

/** Known disagreements with a real API server, and why. Remove a line once it agrees. */
const known: Readonly<Record<string, string>> = {
  "daemonset-ondelete replace /spec/template/spec/containers/0/resources/requests/nvidia.com~1gpu":
    "the stored value keeps the sign of +1",
  "job-fat add /spec/selector": given,
  "job-fat add /spec/template/metadata/labels/batch.kubernetes.io~1controller-uid": given,
  "job-fat add /spec/template/metadata/labels/controller-uid": given,
  "job-simple add /spec/selector": given,
  "job-simple add /spec/template/metadata": given,
  "service-clusterip add /spec/clusterIPs": given,
  "service-loadbalancer add /spec/clusterIPs": given,
  "service-loadbalancer-nonodeports add /spec/clusterIPs": given,
  "service-nodeport add /spec/clusterIPs": given,
};

const rolling = ["Deployment", "StatefulSet", "DaemonSet"];
const target: Target = { path: ".", kind: "manifests" };
const contextOf = (object: JsonObject) => ({ target, resources: [resourceOf(object)] });
const isInTemplate = (pointer: string) => pointer.startsWith("/spec/template");

test("changes in the stored object, and restarts of pods, match a real API server", async () => {
  const options = { versions: ["1.36"], schemas: await loadSchemas() };
  const judged = lines.map((line) => {
    const seed = verdicts.seeds[line.seed] as JsonObject;
    const drafts = draftsOf(contextOf(seed), contextOf(manifestOf(verdicts.seeds, line)), options);
    const isRolled = rolling.includes(String(seed.kind)) && line.changed.some(isInTemplate);
    return {
      name: `${line.seed} ${line.op} ${line.path}`,
      unchanged: (drafts.length === 0) === (line.changed.length === 0),
      restarts: drafts.some(restarts) === isRolled,
    };
  });
  const unchanged = judged.filter((one) => one.unchanged).length;
  const restarting = judged.filter((one) => one.restarts).length;
  console.log(`effects: ${judged.length} lines; agreed on no change: ${unchanged}, on a restart: ${restarting}`);
  const others = judged.filter((one) => !one.unchanged || !one.restarts).map(({ name }) => name);
  expect(others.sort()).toEqual(Object.keys(known).sort());
  expect(unchanged / judged.length).toBeGreaterThanOrEqual(floor.unchanged);
  expect(restarting / judged.length).toBeGreaterThanOrEqual(floor.restarts);
}, 60_000);

test("updates are reported as rejected if a real API server rejects them", async () => {
  const updates = readVerdicts(new URL("../validate/verdicts", import.meta.url).pathname, "updates");
  const options = { versions: ["1.36"], schemas: await loadSchemas() };
  const agreed = updates.lines.filter((line) => {
    const [before, after] = [updates.seeds[line.seed] as JsonObject, manifestOf(updates.seeds, line)];
    const drafts = draftsOf(contextOf(before), contextOf(after), options);
    return drafts.some((draft) => allEffects(draft).includes("rejected")) === (line.verdict !== "accepted");
  });
  console.log(`updates: ${updates.lines.length} lines; agreed on rejected: ${agreed.length}`);
  expect(agreed.length / updates.lines.length).toBeGreaterThanOrEqual(0.998);
}, 60_000);
