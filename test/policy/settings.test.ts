import { describe, expect, test } from "vitest";
import { gitops, repository } from "../run.ts";

const map = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a, namespace: shop }\n";
const files = {
  "apps/base/map.yaml": map,
  "apps/base/kustomization.yaml": "resources: [map.yaml]\n",
  "apps/live/kustomization.yaml": "resources: [../base]\n",
};

describe("a setting of gitops.yaml that matches no target is an error", () => {
  test.each([
    [
      "overrides",
      "[{ match: [apps/live, apps/lvie], profile: strict, reason: r }]",
      "/0/match/1",
      'target apps/lvie does not exist, did you mean "apps/live"?',
    ],
    [
      "scopes",
      "[{ match: app/live, against: apps/base, allow: [] }]",
      "/0/match",
      'target app/live does not exist, did you mean "apps/live"?',
    ],
    [
      "scopes",
      "[{ match: apps/*, against: apps/bass, allow: [] }]",
      "/0/against",
      "apps/bass is not a folder with a kustomization",
    ],
  ])("%s: %s", async (setting, value, pointer, message) => {
    const cwd = repository({ ...files, "gitops.yaml": `targets: [apps]\n${setting}: ${value}\n` });
    const { code, stderr } = await gitops(["check"], { cwd });
    expect([code, stderr]).toEqual([2, expect.stringMatching(/^gitops: gitops\.yaml:2:\d+: /)]);
    expect(stderr).toContain(`: /${setting}${pointer}: ${message}\n`);
  });

  test("settings that match targets are accepted", async () => {
    const settings =
      "overrides: [{ match: apps/*, profile: baseline, reason: r }]\nscopes: [{ match: apps/live, against: apps/base, allow: [] }]\n";
    const cwd = repository({ ...files, "gitops.yaml": `targets: [apps]\n${settings}` });
    const { code, stderr } = await gitops(["check"], { cwd });
    expect([code, stderr]).toEqual([0, ""]);
  });
});

test("a gitops.yaml with an unresolved merge conflict is reported as such", async () => {
  const conflict = "<<<<<<< HEAD\nprofile: strict\n=======\nprofile: baseline\n>>>>>>> other\n";
  const cwd = repository({ ...files, "gitops.yaml": `targets: [apps]\n${conflict}` });
  const { code, stderr } = await gitops(["check"], { cwd });
  const message = "gitops.yaml:2:1: not valid YAML: the file contains the markers of a merge conflict";
  expect([code, stderr]).toEqual([2, `gitops: ${message}\n`]);
});
