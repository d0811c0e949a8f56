import { execFile } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rolldown } from "rolldown";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root } from "./guestbook.ts";

const folder = mkdtempSync(join(tmpdir(), "gce-"));
const script = join(folder, "gce-firewall.mjs");

beforeAll(async () => {
  const bundle = await rolldown({ cwd: root, input: "tools/gce/firewall.ts", platform: "node", logLevel: "warn" });
  await bundle.write({ file: script, format: "esm" });
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the script as a user would, with only `path` to find programs on. */
function gce(args: string, path = process.env.PATH): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    const argv = [script, ...args.split(" ").filter(Boolean)];
    const child = execFile(process.execPath, argv, { env: { ...process.env, PATH: path } }, (_, out, err) =>
      resolve({ code: child.exitCode ?? -1, out, err }),
    );
  });
}

describe("--dry-run prints the command and runs nothing", () => {
  test.each([
    ["list", "gcloud compute forwarding-rules list"],
    ["list --project my-project", "gcloud compute forwarding-rules list --project=my-project"],
    ["create", "gcloud compute firewall-rules create --allow=tcp:80 --target-tags=kubernetes-node kubernetes-node-80"],
    [
      "create --source-ranges 203.0.113.0/24,2001:db8::/32 --project my-project --name web --target-tags a,b",
      "gcloud compute firewall-rules create --allow=tcp:80 --target-tags=a,b --source-ranges=203.0.113.0/24,2001:db8::/32 --project=my-project web",
    ],
    ["delete", "gcloud compute firewall-rules delete kubernetes-node-80"],
    ["delete --name web --project=my-project", "gcloud compute firewall-rules delete --project=my-project web"],
  ])("%s", async (args, command) => {
    expect(await gce(`${args} --dry-run`, "/nowhere")).toEqual({ code: 0, out: `${command}\n`, err: "" });
  });
});

describe("a usage error runs nothing", () => {
  test.each([
    ["", "name a command"],
    ["open", 'unknown command "open"'],
    ["constructor", 'unknown command "constructor"'],
    ["list create", "only one command at a time"],
    ["create --force", "Unknown option '--force'"],
    ["create --name", "'--name <value>' argument missing"],
    ["create --name Web", '--name: "Web" is not a valid name'],
    ["create --name a;reboot", "is not a valid name"],
    ["create --target-tags a,,b", '--target-tags: "" is not a valid name'],
    ["create --project x", '--project: "x" is not a valid project ID'],
    ["create --source-ranges 203.0.113.0", "is not a CIDR range"],
    ["create --source-ranges 203.0.113.0/33", "is not a CIDR range"],
    ["create --source-ranges 2001:db8::/129", "is not a CIDR range"],
    ["create --source-ranges fe80::1%eth0/64", "is not a CIDR range"],
    ["list --name web", "--name does not apply to list"],
    ["delete --source-ranges 203.0.113.0/24", "--source-ranges does not apply to delete"],
  ])("%s", async (args, message) => {
    const { code, out, err } = await gce(args);
    expect(err).toContain(message);
    expect(err.trimEnd().split("\n")).toHaveLength(1);
    expect({ code, out }).toEqual({ code: 2, out: "" });
  });
});

test("--help prints the help", async () => {
  const { code, out } = await gce("--help");
  expect(code).toBe(0);
  expect(out).toContain("Exit status: 0 done, 1 gcloud failed, 2 gcloud was not run.");
});

test("a missing gcloud is reported", async () => {
  const { code, err } = await gce("list", folder);
  expect(code).toBe(2);
  expect(err).toContain("gcloud is not installed");
});

describe.skipIf(process.platform === "win32")("with gcloud", () => {
  const gcloud = (body: string) => {
    const file = join(folder, "gcloud");
    writeFileSync(file, `#!/bin/sh\n${body}\n`);
    chmodSync(file, 0o755);
    return `${folder}:${process.env.PATH}`;
  };

  test("runs the command that --dry-run prints, and passes its output through", async () => {
    const found = gcloud('echo "gcloud $*"');
    const shown = await gce("create --source-ranges 203.0.113.0/24 --dry-run");
    expect(await gce("create --source-ranges 203.0.113.0/24", found)).toEqual(shown);
  });

  test("fails if gcloud fails, and adds nothing to its output", async () => {
    const found = gcloud("echo 'ERROR: no such project' >&2; exit 3");
    expect(await gce("list", found)).toEqual({ code: 1, out: "", err: "ERROR: no such project\n" });
  });
});
