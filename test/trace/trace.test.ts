import { describe, expect, test } from "vitest";
import type { Resource } from "../../tools/core/resource.ts";
import { type Position, traceFindings } from "../../tools/trace/trace.ts";
import {
  buildable,
  type Expectation,
  expectations,
  fixtures,
  KUSTOMIZES,
  leaves,
  read,
  render,
  target,
  targetsOf,
} from "./fixture.ts";

describe.each(KUSTOMIZES)("$name", (kustomize) => {
  describe.each(fixtures().filter((fixture) => buildable(fixture, kustomize)))("%s", (fixture) => {
    const expected = expectations(fixture);
    const met = new Set<Expectation>();

    test.each(targetsOf(fixture))("%s points to the marked lines", (path) => {
      const resources = render(kustomize, target(fixture, path));
      const mine = expected.flatMap((expectation) => {
        const resource = resources.find((one) => matches(expectation, one, path));
        return resource ? [{ expectation, resource, pointer: expectation.pointer }] : [];
      });
      const found = traceFindings(target(fixture, path), mine, { read });
      for (const { expectation } of mine) met.add(expectation);
      expect(mine.map(({ expectation }, i) => show(expectation, found[i]))).toEqual(
        mine.map(({ expectation }) => show(expectation, expectation.at)),
      );
    });

    test("renders every expected resource", () => {
      const unmet = expected.filter((expectation) => !met.has(expectation));
      expect(unmet.map((expectation) => show(expectation, expectation.at))).toEqual([]);
      expect(expected).not.toEqual([]);
    });

    test.each(targetsOf(fixture))("%s points to a line with the value of every field", (path) => {
      const resources = render(kustomize, target(fixture, path));
      const items = resources.flatMap((resource) =>
        leaves(resource.object).map(([pointer, value]) => ({ resource, pointer, value })),
      );
      const found = traceFindings(target(fixture, path), items, { read });
      const wrong = items.flatMap(({ resource, pointer, value }, i) => {
        const at = found[i];
        const line =
          at &&
          read(at.file)
            ?.split("\n")
            [at.line - 1]?.replace(/# <- .*/, "");
        const ok = line !== undefined && (hasValue(line, value) || isExcused(line, pointer, value, resource));
        return ok ? [] : [`${resource.kind}/${resource.name} ${pointer} = ${value}: ${at?.file}:${at?.line}: ${line}`];
      });
      expect(wrong).toEqual([]);
    });
  });
});

function show({ id, pointer }: Expectation, at: Position | undefined): string {
  return `${id} ${pointer}: ${at?.file}:${at?.line}:${at?.column}`;
}

function matches({ target: limit, id }: Expectation, resource: Resource, path: string): boolean {
  const name = resource.name.replace(/-[0-9a-z]{10}$/, (hash) => (/\d/.test(hash) ? "" : hash));
  return (limit ?? path) === path && (id === `${resource.kind}/${resource.name}` || id === `${resource.kind}/${name}`);
}

function hasValue(line: string, value: unknown): boolean {
  if (value !== null && typeof value === "object") return true;
  const text = String(value ?? "");
  return text.includes("\n") || line.includes(text) || line.replaceAll(/["'\\]/g, "").includes(text);
}

/** Whether kustomize builds the value from several places, so that no line contains it. */
function isExcused(line: string, pointer: string, value: unknown, resource: Resource): boolean {
  if (/(namePrefix|nameSuffix|prefix|buildMetadata):/.test(line)) return true;
  if (/\b(newName|newTag|digest|tagSuffix):/.test(line)) return true;
  // A reference to a renamed resource is where it was written.
  const words = line.match(/[\w.-]{3,}/g) ?? [];
  if (/name$/i.test(pointer) && words.some((word) => String(value).includes(word))) return true;
  if (line.includes("$(SERVICE)") || line.includes('c: "two')) return true;
  if (resource.name.startsWith("p-") && /image$/.test(pointer) && line.includes("TAG=")) return true;
  if (resource.kind === "Secret" && pointer.startsWith("/data/")) return true;
  return pointer === "/kind" || pointer === "/apiVersion" ? /- name:|^apiVersion/.test(line) : false;
}
