import { expect, test } from "vitest";
import { gitops, repository } from "../run.ts";

test("built-in rules and fields are explained even if a policy does not load", async () => {
  const cwd = repository({ "gitops.yaml": "policies: [policies]\n", "policies/broken.yaml": "id: [\n" });
  const rule = await gitops(["explain", "apply/label"], { cwd });
  expect(rule).toMatchObject({ code: 0, stderr: "" });
  expect(rule.stdout).toContain("apply/label");
  expect(await gitops(["explain", "Deployment.spec.strategy"], { cwd })).toMatchObject({ code: 0 });
  const own = await gitops(["explain", "team/labels"], { cwd });
  expect(own.code).toBe(2);
  expect(own.stderr).toContain("policies/broken.yaml");
});
