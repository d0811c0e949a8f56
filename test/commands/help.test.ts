import { expect, test } from "vitest";
import { supportedVersions } from "../../tools/vocabulary/versions.ts";
import { gitops } from "../run.ts";

const cwd = import.meta.dirname;

test.each([
  [
    ["help", "check"],
    ["check", "--help"],
  ],
  [
    ["--help", "check"],
    ["check", "--help"],
  ],
  [["help", "help"], ["--help"]],
  [["help", "--help"], ["--help"]],
])("gitops %j prints the same as gitops %j", async (args, same) => {
  const [found, wanted] = [await gitops(args, { cwd }), await gitops(same, { cwd })];
  expect(found).toEqual(wanted);
  expect(found.code).toBe(0);
});

test("the help for an unknown command is an error", async () => {
  const { code, stdout, stderr } = await gitops(["help", "chekc"], { cwd });
  expect([code, stdout, stderr]).toEqual([2, "", `gitops: unknown command chekc, did you mean "check"?\n`]);
});

test("the general help lists the flags without a command", async () => {
  const { stdout } = await gitops(["--help"], { cwd });
  expect(stdout).toMatch(/^ {2}-h, --help {5}\S/m);
  expect(stdout).toMatch(/^ {2}-v, --version {2}\S/m);
});

test.each(["check", "diff"])("gitops %s --help shows which versions of Kubernetes there are", async (name) => {
  const { stdout } = await gitops([name, "--help"], { cwd });
  const range = `${supportedVersions[0]} to ${supportedVersions.at(-1)}`;
  const line = stdout.split("\n").find((one) => one.includes("--kubernetes"));
  expect(line).toContain(`${range}; default: that of gitops.yaml, or 1.36; repeatable`);
});
