import { expect, test } from "vitest";
import type { JsonObject } from "../../tools/core/json.ts";
import { resourceOf } from "../../tools/core/resource.ts";
import { storedDifferences } from "../../tools/diff/stored.ts";
import { loadSchemas } from "../../tools/validate/index.ts";
import { manifestOf, type Recorded, readVerdicts } from "../validate/agreement.ts";

const verdicts = readVerdicts(new URL("../validate/verdicts", import.meta.url).pathname, "effects");
const lines = verdicts.lines as readonly (Recorded & { readonly changed: readonly string[] })[];

/** Raised whenever the agreement rises; never lowered. */
const floor = { unchanged: 0.999, restarts: 0.999 };

/** Where we and a real API server disagree, with the reason. What is listed and agrees is to be removed here. */
const known: Readonly<Record<string, string>> = {
  "daemonset-ondelete replace /spec/template/spec/containers/0/resources/requests/nvidia.com~1gpu":
    "the sign of +1 is kept in what is stored",
  "service-externalname add /spec/internalTrafficPolicy": "a field without a meaning there is dropped on an update",
};

const rolling = ["Deployment", "StatefulSet", "DaemonSet"];
const ofTemplate = (pointer: string) => pointer.startsWith("/spec/template");

test("what changes in the stored object, and whether the pods restart, is as a real API server has it", async () => {
  const options = { versions: ["1.36"], schemas: await loadSchemas() };
  const judged = lines.map((line) => {
    const seed = verdicts.seeds[line.seed] as JsonObject;
    const ours = storedDifferences(resourceOf(seed), resourceOf(manifestOf(verdicts.seeds, line)), options);
    const restarts = (pointers: readonly string[]) =>
      rolling.includes(String(seed.kind)) && pointers.some((pointer) => ofTemplate(pointer));
    return {
      name: `${line.seed} ${line.op} ${line.path}`,
      unchanged: (ours.length === 0) === (line.changed.length === 0),
      restarts: restarts(ours.map(({ pointer }) => pointer)) === restarts(line.changed),
    };
  });
  const [unchanged, restarts] = [
    judged.filter((one) => one.unchanged).length,
    judged.filter((one) => one.restarts).length,
  ];
  console.log(`effects: ${judged.length} lines; agreed on no change: ${unchanged}, on a restart: ${restarts}`);
  const others = judged.filter((one) => !one.unchanged || !one.restarts).map(({ name }) => name);
  expect(others.sort()).toEqual(Object.keys(known).sort());
  expect(unchanged / judged.length).toBeGreaterThanOrEqual(floor.unchanged);
  expect(restarts / judged.length).toBeGreaterThanOrEqual(floor.restarts);
}, 60_000);
