import { spawn } from "node:child_process";
import { chmodSync } from "node:fs";
import { join } from "node:path";
import { expect, inject, test } from "vitest";
import { pinnedKustomize, repository } from "../run.ts";

const json = (value: object) => JSON.stringify(value);
const deployment = { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web", namespace: "dev" } };
const containers = [{ name: "nginx", image: "nginx:1.29" }];
const template = { metadata: { labels: { app: "web" } }, spec: { containers } };

/** A kubectl stub with a workload that never becomes ready. */
const kubectl = `#!/bin/sh
case "$*" in
*config\\ view*) echo '${json({ contexts: [{ name: "kind-dev" }], "current-context": "kind-dev" })}' ;;
*\\ version\\ *) echo '${json({ clientVersion: { gitVersion: "v1.36.0" }, serverVersion: { gitVersion: "v1.36.0" } })}' ;;
*\\ apply\\ *) echo '${json({ ...deployment, spec: { replicas: 1 } })}' ;;
*\\ get\\ deployments*) echo '${json({ ...deployment, spec: { replicas: 1 }, status: {} })}' ;;
esac
`;

test("an interrupt while it waits reports what stays applied, and ends the process", async () => {
  const folder = repository({
    "bin/kubectl": kubectl,
    "web.yaml": json({ ...deployment, spec: { selector: { matchLabels: { app: "web" } }, template } }),
    "gitops.yaml": "profile: baseline\n",
  });
  chmodSync(join(folder, "bin/kubectl"), 0o755);
  const env = {
    ...process.env,
    PATH: `${join(folder, "bin")}:${process.env.PATH}`,
    KUSTOMIZE: pinnedKustomize(),
    CI: "1",
  };
  const child = spawn(process.execPath, [inject("gitops"), "up", "web.yaml"], { cwd: folder, env });
  let output = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    output += text;
    if (output.endsWith("… Deployment web  0/1 ready\n")) child.kill("SIGINT");
  });
  child.stdout.resume();
  const signal = await new Promise((settle) => child.on("close", (_, by) => settle(by)));
  expect(signal).toBe("SIGINT");
  expect(output).toMatch(
    /ready\n\ninterrupted: what was applied keeps running; gitops status shows its state, gitops down removes it\n$/,
  );
});
