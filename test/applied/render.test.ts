import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { isObject, type Json } from "../../tools/core/json.ts";
import { resourceId } from "../../tools/core/resource.ts";
import { parseDocuments } from "../../tools/parse/documents.ts";
import { resourcesOf } from "../../tools/parse/resources.ts";
import { gitops, repository } from "../run.ts";

const here = import.meta.dirname;
const cwd = repository({}, join(here, "flux"));

function resourcesIn(text: string) {
  return resourcesOf(parseDocuments(text, "").documents).resources;
}

/** The places where a value differs from what the server has. The server adds defaults, and drops empty values. */
function differences(rendered: Json, live: Json | undefined, pointer = ""): string[] {
  if (rendered === null) return live === undefined || live === "" ? [] : [pointer];
  if (Array.isArray(rendered)) {
    if (!Array.isArray(live) || live.length !== rendered.length) return [pointer];
    return rendered.flatMap((one, index) => differences(one, live[index], `${pointer}/${index}`));
  }
  if (!isObject(rendered)) return rendered === live ? [] : [pointer];
  if (!isObject(live)) return [pointer];
  return Object.entries(rendered).flatMap(([key, one]) => differences(one, live[key], `${pointer}/${key}`));
}

// `NAME.yaml` is what kustomize-controller 1.9 applied of the Kustomization NAME in flux/clusters, without what the server
// adds to metadata.
describe("render --as gives what Flux applies", () => {
  test.each(["a", "plain", "nested"])("%s", async (name) => {
    const { stdout, code } = await gitops(["render", "--as", name, "--no-cache"], { cwd });
    expect(code).toBe(0);
    const [rendered, live] = [resourcesIn(stdout), resourcesIn(readFileSync(join(here, `${name}.yaml`), "utf8"))];
    const ids = (all: typeof live) => all.map(resourceId).sort();
    expect(ids(rendered)).toEqual(ids(live));
    const byId = new Map(live.map((one) => [resourceId(one), one.object]));
    expect(rendered.flatMap((one) => differences(one.object, byId.get(resourceId(one)), resourceId(one)))).toEqual([]);
  });

  test("the namespace of the Kustomization may be named too", async () => {
    const [one, other] = await Promise.all(
      ["plain", "flux-system/plain"].map((name) => gitops(["render", "--as", name], { cwd })),
    );
    expect(one?.stdout).not.toBe("");
    expect(one?.stdout).toBe(other?.stdout);
  });

  test("a name that does not exist is an error", async () => {
    const { stderr, code } = await gitops(["render", "--as", "plian"], { cwd });
    expect(stderr).toContain('is called plian, did you mean "plain"?');
    expect(code).toBe(2);
  });
});

test("the gate finds nothing wrong with it", async () => {
  const { stdout } = await gitops(["check", "--profile", "baseline", "-o", "json"], { cwd });
  const { findings } = JSON.parse(stdout) as { findings: unknown[] };
  expect(findings).toEqual([]);
});
