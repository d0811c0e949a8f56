import { expect, test } from "vitest";
import { markdown } from "../../tools/diff/formats/markdown.ts";
import { room } from "../../tools/report/markdown.ts";
import { commit, newRepository } from "../git/repository.ts";
import { gitops, writeFilesIn } from "../run.ts";
import { diffReport } from "./history.ts";
import { service, workload } from "./table.ts";

const many = 500;
const yaml = (...objects: object[]) => objects.map((object) => JSON.stringify(object)).join("\n---\n");
const overlays = (more: (index: number) => string) =>
  Object.fromEntries(
    Array.from({ length: many }, (_, index) => [
      `overlays/o${index}/kustomization.yaml`,
      `resources: [../../base]\nnamespace: ns-${index}\n${more(index)}`,
    ]),
  );

/** Every overlay changes through its base and in its own files. */
test("500 overlays at once: all are reported, the comment fits, and what it omits is counted", async () => {
  const cwd = newRepository();
  commit(cwd, {
    "gitops.yaml": "targets: [overlays]\n",
    "base/kustomization.yaml": "resources: [all.yaml]\n",
    "base/all.yaml": yaml(workload({ replicas: 2 }), service({ type: "NodePort" })),
    ...overlays(() => ""),
  });
  writeFilesIn(cwd, {
    "base/all.yaml": yaml(workload({ replicas: 2 }, {}, { image: "registry.example.com/web:2.0.0" }), service()),
    ...overlays((index) => `commonAnnotations: {example.com/overlay: "number ${index}"}\n`),
  });
  const { report } = await diffReport(["main"], { cwd });
  expect(report.summary).toMatchObject({
    changed: 2 * many,
    effects: { "traffic-loss": many, "rolling-restart": many },
  });
  expect(report.forecast?.rollouts).toHaveLength(many);
  const text = markdown(report, { colours: false, objects: [] });
  expect(text.length).toBeLessThanOrEqual(room);
  expect(text).toContain("**500 traffic-loss, 500 rolling-restart**");
  const [, left] = /\*\*(\d+) more objects cut: a comment holds 65536 characters/.exec(text) ?? [];
  expect(Number(left)).toBeGreaterThan(0);
  // Nothing is cut in two: every block that starts also ends.
  expect(text.match(/<details>/g)).toHaveLength(text.match(/<\/details>/g)?.length ?? -1);
  const [danger, none] = [text.indexOf("traffic-loss** `v1/Service"), text.indexOf("⚪")];
  expect(danger).toBeGreaterThan(0);
  if (none >= 0) expect(danger).toBeLessThan(none);
  const { code } = await gitops(["diff", "main", "--target", "overlays/o499", "--fail-on", "traffic-loss"], { cwd });
  expect(code).toBe(1);
}, 300_000);
