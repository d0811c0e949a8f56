import { join } from "node:path";
import { expect, test } from "vitest";
import { check, type Files, repository } from "../run.ts";

const synced = join(import.meta.dirname, "gitops/unsynced-overlay/fail");

test.each<[string, Files, string[]]>([
  ["an overlay next to synced ones is reported", {}, ["overlays/staging"]],
  [
    "an overlay is not reported if the target that may contain its Application did not render",
    { "clusters/argocd/kustomization.yaml": "resources: [missing.yaml]\n" },
    [],
  ],
])("%s", async (_, files, wanted) => {
  const { report } = await check([], { cwd: repository(files, synced) });
  const found = report.findings.filter(({ rule }) => rule === "gitops/unsynced-overlay");
  expect(found.map(({ target }) => target)).toEqual(wanted);
});
