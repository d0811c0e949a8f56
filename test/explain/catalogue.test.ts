import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { gitops } from "../run.ts";

const root = join(import.meta.dirname, "../..");
const file = join(root, "docs/policies.md");

test("docs/policies.md is up to date (UPDATE=1 writes it)", async () => {
  const { code, stdout } = await gitops(["policies", "list", "-o", "markdown"], { cwd: root });
  expect(code).toBe(0);
  if (process.env.UPDATE) writeFileSync(file, stdout);
  expect(readFileSync(file, "utf8")).toBe(stdout);
});
