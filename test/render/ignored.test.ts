import { expect, test } from "vitest";
import { commit, newRepository } from "../git/repository.ts";
import { check, repository, writeFilesIn } from "../run.ts";

const kustomization = "configMapGenerator: [{ name: env, envs: [app.env] }]\nresources: [other.yaml]\n";
const correct = "Correct the path (it is relative to this kustomization), or add the missing file or folder.";

async function helps(cwd: string): Promise<(string | undefined)[]> {
  const { report } = await check([], { cwd });
  return report.findings.filter(({ rule }) => rule === "render/failed").map(({ help }) => help);
}

test("a missing file that Git ignores is to be generated, not committed", async () => {
  const cwd = newRepository();
  commit(cwd, {
    "gitops.yaml": "targets: [app]\n",
    ".gitignore": "# Made by make.\n*.env\n",
    "app/kustomization.yaml": kustomization,
  });
  const generate = "Git ignores it (.gitignore:2): generate it before the check, or correct the path.";
  expect(await helps(cwd)).toEqual([generate, correct]);
  // A pattern further down takes it back, also in a run with a cache.
  writeFilesIn(cwd, { "app/.gitignore": "!app.env\n" });
  expect(await helps(cwd)).toEqual([correct, correct]);
}, 60_000);

test("without a repository of Git, nothing is ignored", async () => {
  const cwd = repository({
    "gitops.yaml": "targets: [app]\n",
    ".gitignore": "*.env\n",
    "app/kustomization.yaml": kustomization,
  });
  expect(await helps(cwd)).toEqual([correct, correct]);
});
