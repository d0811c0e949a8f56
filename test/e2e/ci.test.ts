import { chmodSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { repository, run } from "../run.ts";

const root = join(import.meta.dirname, "../..");

test("CI says why it is not run where no cluster can be started", async () => {
  const { code, stdout } = await run(join(root, ".ci/e2e"), ["/nowhere/cluster"], { cwd: root });
  expect(stdout).toBe(
    "NOT RUN: there is no program /nowhere/cluster that starts a cluster; npm run e2e -- --context NAME does the same on yours\n",
  );
  expect(code).toBe(0);
});

/** Programs that write down how they are called, and end as the scenario says: in turn, the last one for good. */
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

/** The API server does not answer before the cluster is up. */
const none = { "kubectl --request-timeout=5s": [1] };

describe.runIf(process.platform === "linux")("CI", () => {
  test("brings a cluster up, tries every overlay, and ends the cluster", async () => {
    const { run, calls } = scene(none);
    const { code, stdout } = await run();
    expect(stdout).not.toMatch(/NOT RUN|FAILED|ONCE MORE/);
    expect(code).toBe(0);
    expect(calls().filter((call) => /^node|up$|down$|images|run/.test(call))).toEqual([
      ...["cluster up", "npm run", "node dry-run", "node production", "node dns", "cluster down"],
    ]);
  });

  test("leaves a cluster alone that runs already, and what others do there", async () => {
    const { run, calls } = scene({ "node production": [2] });
    const { code, stdout } = await run();
    expect(stdout).toContain("NOT RUN: production, see above");
    expect(code).toBe(0);
    expect(calls()).not.toContain("cluster up");
    expect(calls()).not.toContain("cluster down");
    expect(calls()).toContain("node dns");
  });

  test.each<[string, Record<string, number[]>, number, string, string]>([
    ["a cluster that does not come up", { "cluster up": [1] }, 0, "NOT RUN: ", "cluster up"],
    ["a cluster that comes up the second time", { "cluster up": [1, 0] }, 0, "the cluster is there", "cluster up"],
    ["images that cannot be made", { "npm run": [1] }, 0, "NOT RUN: the images", "npm run"],
    ["a point that holds the second time", { "node dns": [1, 0] }, 0, "ONCE MORE: dns", "node dns"],
    ["a point that does not hold", { "node dns": [1] }, 1, "FAILED twice: dns", "node dns"],
    ["a proof that cannot run", { "node dns": [2] }, 1, "FAILED twice: dns could not run", "node dns"],
    ["manifests that are refused", { "node dry-run": [1] }, 1, "FAILED twice: dry-run", "node dry-run"],
  ])("is told of %s, and ends the cluster", async (_, ends, status, says, twice) => {
    const { run, calls } = scene({ ...none, ...ends });
    const { code, stdout } = await run();
    expect(stdout).toContain(says);
    expect(code).toBe(status);
    expect(calls().filter((call) => call === twice)).toHaveLength(2);
    expect(calls().at(-1)).toBe("cluster down");
  });

  test("says what there was no time for", async () => {
    const { run, calls } = scene(none);
    const { code, stdout } = await run({ E2E_MINUTES: "2" });
    expect(stdout).toContain("NOT RUN: production, there is no time left");
    expect(code).toBe(0);
    expect(calls()).not.toContain("node production");
    expect(calls().at(-1)).toBe("cluster down");
  });
});
