import { chmodSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { repository, run } from "../run.ts";

const root = join(import.meta.dirname, "../..");

test("CI reports why it does not run if no cluster can be started", async () => {
  const { code, stdout } = await run(join(root, ".ci/e2e"), ["/nowhere/cluster"], { cwd: root });
  expect(stdout).toBe(
    "NOT RUN: /nowhere/cluster, which starts a cluster, does not exist; npm run e2e -- --context NAME tests on your own cluster\n",
  );
  expect(code).toBe(0);
});

/** Stubs that log their calls and exit with the given statuses, one per call; the last status repeats. */
function scene(ends: Readonly<Record<string, readonly number[]>>) {
  const program = (name: string, more = "") => `#!/bin/bash
calls=$(dirname "$0")/calls
key="${name} $1"
[ "$1" = test/guestbook/cluster.mjs ] && key="${name} dry-run"
[ "$1" = test/e2e/run.mjs ] && key="${name} \${!#}"
echo "$key" >>"$calls"
case "$key" in
${Object.entries(ends)
  .map(([key, codes]) => `"${key}") codes=(${codes.join(" ")}) ;;`)
  .join("\n")}
*) codes=(0) ;;
esac
count=$(grep -cx "$key" "$calls")
[ $count -le \${#codes[@]} ] || count=\${#codes[@]}
${more}
exit \${codes[$((count - 1))]}
`;
  const names = ["buildah", "debootstrap", "chromium", "npm", "node"];
  const folder = repository({
    ...Object.fromEntries(names.map((name) => [name, program(name)])),
    kubectl: program("kubectl", `[ "$1" = config ] && echo test`),
    cluster: program("cluster", `[ "$1" = bin ] && dirname "$0"; [ "$1" = env ] && echo export KUBECONFIG=there`),
    id: "#!/bin/sh\necho 0\n",
    uname: "#!/bin/sh\necho Linux\n",
  });
  for (const name of [...names, "kubectl", "cluster", "id", "uname"]) chmodSync(join(folder, name), 0o755);
  return {
    run: (env: Record<string, string> = {}) =>
      run(join(root, ".ci/e2e"), [join(folder, "cluster"), "production", "dns"], {
        cwd: root,
        env: { PATH: `${folder}:${process.env.PATH}`, ...env },
      }),
    calls: () => readFileSync(join(folder, "calls"), "utf8").trim().split("\n"),
  };
}

/** No API server answers: CI has to start the cluster. */
const none = { "kubectl --request-timeout=5s": [1] };

describe.runIf(process.platform === "linux")("CI", () => {
  test("starts a cluster, tests every overlay, and stops the cluster", async () => {
    const { run, calls } = scene(none);
    const { code, stdout } = await run();
    expect(stdout).not.toMatch(/NOT RUN|FAILED|RETRYING/);
    expect(code).toBe(0);
    expect(calls().filter((call) => /^node|up$|down$|images|run/.test(call))).toEqual([
      ...["cluster up", "npm run", "node dry-run", "node production", "node dns", "cluster down"],
    ]);
  });

  test("neither starts nor stops a cluster that already runs, and skips an overlay that is in use", async () => {
    const { run, calls } = scene({ "node production": [2] });
    const { code, stdout } = await run();
    expect(stdout).toContain("NOT RUN: production, see above");
    expect(code).toBe(0);
    expect(calls()).not.toContain("cluster up");
    expect(calls()).not.toContain("cluster down");
    expect(calls()).toContain("node dns");
  });

  test.each<[string, Record<string, number[]>, number, string, string]>([
    ["a cluster that does not start", { "cluster up": [1] }, 0, "NOT RUN: ", "cluster up"],
    ["a cluster that starts at the second attempt", { "cluster up": [1, 0] }, 0, "the cluster is ready", "cluster up"],
    ["images that cannot be built", { "npm run": [1] }, 0, "NOT RUN: the images", "npm run"],
    ["a point that holds at the second attempt", { "node dns": [1, 0] }, 0, "RETRYING: dns", "node dns"],
    ["a point that does not hold", { "node dns": [1] }, 1, "FAILED twice: dns", "node dns"],
    ["a proof that cannot run", { "node dns": [2] }, 1, "FAILED twice: dns could not run", "node dns"],
    ["manifests that are rejected", { "node dry-run": [1] }, 1, "FAILED twice: dry-run", "node dry-run"],
  ])("reports %s, and stops the cluster", async (_, ends, status, message, twice) => {
    const { run, calls } = scene({ ...none, ...ends });
    const { code, stdout } = await run();
    expect(stdout).toContain(message);
    expect(code).toBe(status);
    expect(calls().filter((call) => call === twice)).toHaveLength(2);
    expect(calls().at(-1)).toBe("cluster down");
  });

  test("reports the overlays that it has no time for", async () => {
    const { run, calls } = scene(none);
    const { code, stdout } = await run({ E2E_MINUTES: "2" });
    expect(stdout).toContain("NOT RUN: production, no time left");
    expect(code).toBe(0);
    expect(calls()).not.toContain("node production");
    expect(calls().at(-1)).toBe("cluster down");
  });
});
