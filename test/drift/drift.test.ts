import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { CallOptions, Kubectl } from "../../tools/cluster/kubectl.ts";
import { liveStates, readLive } from "../../tools/commands/cluster/live-state.ts";
import type { JsonObject } from "../../tools/core/json.ts";
import { type Resource, resourceOf } from "../../tools/core/resource.ts";
import validate from "../../tools/diff/diff.schema.json?validate";
import { diffReporters } from "../../tools/diff/formats/index.ts";
import { drift } from "../../tools/drift/drift.ts";
import { canonicalValue } from "../../tools/render/canonical.ts";
import { loadSchemas } from "../../tools/validate/index.ts";
import { summaryLine } from "../diff/history.ts";
import { config, reads, secret, service, workload } from "../diff/table.ts";
import { temporaryFolder, writeFilesIn } from "../run.ts";

/** A cluster: its live objects, the results of applying some of them, and what it rejects. */
interface Cluster {
  readonly live: readonly object[];
  /** Results of an apply, by name. */
  readonly applied?: Readonly<Record<string, object>>;
  readonly rejects?: Readonly<Record<string, string>>;
  readonly namespaces?: readonly string[];
  /** The error of `kubectl get`. */
  readonly error?: string;
}

interface Call {
  readonly args: readonly string[];
  readonly options: CallOptions;
}

const folder = temporaryFolder();

/** A kubectl with recorded answers; the real diff prints the differences. */
function kubectlOf({ live, applied = {}, rejects = {}, namespaces = ["shop"], error = "" }: Cluster) {
  const calls: Call[] = [];
  const result = (code: number, stdout: string, stderr = "") =>
    ({ code, signal: null, limit: undefined, stdout: Buffer.from(stdout), stderr }) as const;
  const list = (items: readonly object[]) => JSON.stringify({ kind: "List", items });
  const run: Kubectl["run"] = async (args, options = {}) => {
    calls.push({ args, options });
    const given = options.resources ?? [];
    if (args[1] === "namespaces")
      return result(0, list(namespaces.map((name) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } }))));
    if (args[0] === "get") return result(error === "" ? 0 : 1, list(live), error);
    const rejected = given.flatMap(({ name }) => rejects[name] ?? []);
    if (rejected[0] !== undefined) return result(1, "", rejected[0]);
    const files = (side: "LIVE" | "MERGED") =>
      Object.fromEntries(
        given.map(({ name, kind, object }) => {
          const before = live.find(
            (one) => resourceOf(one as JsonObject).name === name && resourceOf(one as JsonObject).kind === kind,
          );
          const after = Object.values(applied).find((one) => resourceOf(one as JsonObject).kind === kind);
          const value = side === "LIVE" ? before : (after ?? before ?? object);
          return [`${kind}.${name}`, value === undefined ? "" : canonicalValue(value as JsonObject)];
        }),
      );
    return diffed(files("LIVE"), files("MERGED"), (options.env?.KUBECTL_EXTERNAL_DIFF ?? "").split(" "));
  };
  const diffed = (before: Record<string, string>, after: Record<string, string>, [program = "", ...args]: string[]) => {
    const there = join(folder, `${calls.length}-${Math.random()}`);
    for (const [side, files] of [
      ["LIVE", before],
      ["MERGED", after],
    ] as const)
      writeFilesIn(there, Object.fromEntries(Object.entries(files).map(([name, text]) => [`${side}/${name}`, text])));
    try {
      return result(0, execFileSync(program, [...args, "LIVE", "MERGED"], { cwd: there, encoding: "utf8" }));
    } catch (error) {
      return result(1, String((error as { stdout: string }).stdout));
    }
  };
  const kubectl = { context: "lab", run } as unknown as Kubectl;
  return { kubectl, calls };
}

const schemas = await loadSchemas();

async function compare(rendered: readonly object[], cluster: Cluster) {
  const { kubectl, calls } = kubectlOf(cluster);
  const resources = rendered.map((object) => resourceOf(object as JsonObject));
  const live = await readLive(kubectl, resources, "default");
  const states = await liveStates(kubectl, resources, live, live.manager);
  const found = drift({
    cluster: "live in lab",
    target: "overlays/a",
    states,
    manager: live.manager,
    context: { cluster: [], contracts: [], versions: ["1.36"] },
    schemas,
    locate: (items: readonly { readonly resource: Resource; readonly pointer: string }[]) =>
      items.map(({ pointer }) => ({ file: "base/all.yaml", line: pointer.length + 1 })),
  });
  if (!validate(found.report)) throw new Error(JSON.stringify(validate.errors));
  return { ...found, calls, manager: live.manager, changes: found.report.changes.map(summaryLine) };
}

/** The object as a cluster stores it. */
function stored(object: object, manager = "argocd-controller", more: object = {}): JsonObject {
  const { metadata, ...rest } = object as { metadata: JsonObject };
  const managedFields = [{ manager, operation: "Apply", fieldsV1: {} }];
  return {
    ...rest,
    metadata: { ...metadata, uid: "u", resourceVersion: "7", generation: 3, managedFields },
    status: { x: 1 },
    ...more,
  } as JsonObject;
}

describe("drift", () => {
  test("ignores the server's own fields", async () => {
    const { changes, report } = await compare([workload(), service()], {
      live: [stored(workload()), stored(service())],
      applied: { web: stored(workload(), "argocd-controller", { status: { x: 2 } }) },
    });
    expect(changes).toEqual([]);
    expect(report.targets).toEqual([{ path: "overlays/a", status: "unchanged" }]);
  });

  test("has the effect of a sync, the line in the repository, and who changed the field", async () => {
    const live = stored(workload({ replicas: 5 }));
    (live.metadata as { managedFields: object[] }).managedFields.push({
      manager: "kubectl",
      operation: "Update",
      time: "2026-11-28T11:00:00Z",
      fieldsV1: { "f:spec": { "f:replicas": {} } },
    });
    const { report, changes } = await compare([workload({ replicas: 2 })], {
      live: [live],
      applied: { web: { ...live, spec: workload({ replicas: 2 }).spec } },
    });
    expect(changes).toEqual(["changed Deployment/web: scale"]);
    expect(report.changes[0]?.fields).toEqual([
      {
        pointer: "/spec/replicas",
        path: "spec.replicas",
        before: 5,
        after: 2,
        effect: "scale",
        file: "base/all.yaml",
        line: 15,
        by: { manager: "kubectl", time: "2026-11-28T11:00:00Z" },
      },
    ]);
    const pretty = (await diffReporters.pretty())(report, { colours: false, objects: [] });
    expect(pretty).toContain("spec.replicas  5 → 2  base/all.yaml:15  set by kubectl at 2026-11-28T11:00:00Z");
  });

  test("includes missing objects", async () => {
    const { changes, calls } = await compare([config({ a: "1" }), service()], { live: [stored(service())] });
    expect(changes).toEqual(["added ConfigMap/settings: none"]);
    expect(calls.map(({ args }) => args[0])).toEqual(["get", "get", "diff"]);
  });

  test("includes objects in a missing namespace, without calling kubectl diff", async () => {
    const { changes, calls } = await compare([config({ a: "1" })], { live: [], namespaces: [] });
    expect(changes).toEqual(["added ConfigMap/settings: none"]);
    expect(calls.map(({ args }) => args[0])).toEqual(["get", "get"]);
  });

  test("includes objects of kinds that the cluster does not know", async () => {
    const jar = { apiVersion: "example.com/v1", kind: "Jar", metadata: { name: "j", namespace: "shop" } };
    const { changes, calls } = await compare([jar, service()], {
      live: [stored(service())],
      error:
        'error: resource mapping not found for name: "j" namespace: "shop" from "STDIN": no matches for kind "Jar" in version "example.com/v1"\n',
    });
    expect(changes).toEqual(["added Jar/j: none"]);
    expect(calls.at(-1)?.options.resources?.map(({ kind }) => kind)).toEqual(["Service"]);
  });

  test("is reported for the others if one object is rejected", async () => {
    const { changes, report } = await compare([workload(), service({ type: "NodePort" }), config({ a: "2" })], {
      live: [stored(workload()), stored(config({ a: "1" }))],
      applied: { settings: stored(config({ a: "2" })) },
      rejects: { web: 'The Deployment "web" is invalid: spec.selector: Invalid value: {}: field is immutable' },
    });
    expect(changes.sort()).toEqual([
      "added Service/web: rejected",
      "changed ConfigMap/settings: config",
      "changed Deployment/web: rejected",
    ]);
    expect(report.changes[0]?.reasons[0]?.message).toContain("field is immutable");
  });

  test("has effects on pods and Services", async () => {
    const gone = { ...stored(workload()), spec: workload({ replicas: 0 }).spec };
    const { changes, report } = await compare([reads("variables"), config({ a: "2" }), service()], {
      live: [stored(reads("variables")), stored(config({ a: "1" })), stored(service())],
      applied: { settings: stored(config({ a: "2" })) },
    });
    expect(changes).toEqual(["changed ConfigMap/settings: config"]);
    expect(report.forecast?.configs).toHaveLength(1);
    const down = await compare([workload({ replicas: 0 })], {
      live: [stored(workload({ replicas: 3 }))],
      applied: { web: gone },
    });
    expect(down.changes).toEqual(["changed Deployment/web: traffic-loss, scale"]);
  });

  test("hides values of Secrets, both masked by kubectl and in plain text", async () => {
    const masked = (value: string) => ({ ...stored({ ...secret({}), stringData: undefined }), data: { p: value } });
    const { report, objects } = await compare([secret({ p: "hunter2" })], {
      live: [masked("*** (before)")],
      applied: { keys: masked("*** (after)") },
    });
    for (const format of ["pretty", "json", "markdown", "diff"] as const) {
      const text = (await diffReporters[format]())(report, { colours: false, objects });
      expect(text).toContain("(hidden");
      expect(text).not.toMatch(/hunter2|aHVudGVy|\*\*\*/);
    }
  });
});

describe("the controller that applies the target", () => {
  test.each([
    ["argocd-controller", "argocd-controller"],
    ["kustomize-controller", "kustomize-controller"],
    ["helm", "argocd-controller"],
  ])("%s: is compared as %s", async (manager, expected) => {
    const { calls } = await compare([service()], { live: [stored(service(), manager)] });
    expect(calls.at(-1)?.args).toEqual([
      "diff",
      "--server-side",
      "--force-conflicts",
      "--field-manager",
      expected,
      "-f",
      "-",
    ]);
  });

  test("adds its own metadata, which is not drift", async () => {
    const marked = stored(service());
    Object.assign(marked.metadata as object, {
      labels: { "kustomize.toolkit.fluxcd.io/name": "shop", other: "x" },
      annotations: { "argocd.argoproj.io/tracking-id": "shop:/Service" },
    });
    const { calls } = await compare([service()], { live: [marked] });
    expect(calls.at(-1)?.options.resources?.[0]?.object.metadata).toEqual({
      name: "web",
      namespace: "shop",
      labels: { "kustomize.toolkit.fluxcd.io/name": "shop" },
      annotations: { "argocd.argoproj.io/tracking-id": "shop:/Service" },
    });
  });
});

describe("errors of kubectl are reported", () => {
  test.each([
    ['Error from server (Forbidden): services is forbidden: User "me" cannot list resource'],
    ["Unable to connect to the server: dial tcp: lookup lab"],
  ])("%s", async (error) => {
    await expect(compare([service()], { live: [], error })).rejects.toThrow(error);
  });

  test.each([
    ['Error from server (Forbidden): services "web" is forbidden: User "me" cannot patch resource "services"'],
    ['error: failed to run "diff": executable file not found in $PATH'],
  ])("%s", async (words) => {
    await expect(compare([service()], { live: [stored(service())], rejects: { web: words } })).rejects.toThrow(
      "kubectl diff failed",
    );
  });
});
