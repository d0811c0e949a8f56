import { readdirSync, readFileSync } from "node:fs";
import { brotliDecompressSync } from "node:zlib";
import { expect, it } from "vitest";
import { builtInFile, builtInType } from "../../tools/validate/built-in.ts";
import { loadSchemas, rules, supportedVersions } from "../../tools/validate/index.ts";
import { lifecycles } from "../../tools/validate/lifecycle.ts";
import { since, versionsIn } from "../../tools/vocabulary/versions.ts";

const root = new URL("../../tools/validate/", import.meta.url);
const recorded = (name: string) =>
  JSON.parse(brotliDecompressSync(readFileSync(new URL(`./verdicts/${name}.br`, import.meta.url))).toString());

it("every type in the table can be read", () => {
  for (const name of Object.keys(builtInFile.types)) expect(builtInType(name).fields.size).toBeGreaterThanOrEqual(0);
});

it("the kinds that are on match what real API servers serve", async () => {
  const schemas = await loadSchemas();
  const served = recorded("served.json") as Record<string, string[] | "all">;
  const ours: Record<string, string[]> = {};
  for (const [apiVersion, kinds] of Object.entries(builtInFile.kinds)) {
    for (const name of Object.keys(kinds)) {
      const kind = schemas.kind(apiVersion, name);
      if (kind !== undefined && !kind.off && kind.scope !== "subresource")
        ours[`${apiVersion}/${name}`] = versionsIn(kind.versions);
    }
  }
  // 1.31 was not recorded.
  const asRecorded = Object.fromEntries(
    Object.entries(ours).map(([id, versions]) => [id, versions.filter((version) => version !== "1.31")]),
  );
  const all = supportedVersions.filter((version) => version !== "1.31");
  const expected = Object.fromEntries(
    Object.entries(served).map(([id, versions]) => [id, versions === "all" ? all : versions]),
  );
  expect(asRecorded).toEqual(expected);
});

it("every reported rule has exactly one text", () => {
  const ids = rules.map(({ id }) => id);
  expect(ids).toEqual([...new Set(ids)]);
  for (const { why, fix } of rules) expect(`${why}${fix}`).not.toMatch(/undefined/);
  for (const id of reportedRules(root)) expect(ids).toContain(id);
});

function reportedRules(folder: URL): Set<string> {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
  const text = files.map((file) => readFileSync(new URL(file, folder), "utf8")).join("\n");
  return new Set([...text.matchAll(/"((?:schema|api|apply|security)\/[a-z-]+)"/g)].map(([, id]) => id as string));
}

it("every deprecated API has its versions in order, and a replacement", () => {
  for (const { deprecated, removed, use, instead } of lifecycles.values()) {
    expect(use ?? instead).toBeDefined();
    if (removed !== undefined) expect(since(removed) & ~since(deprecated)).toBe(0);
  }
});

interface Window {
  readonly since?: string;
  readonly until?: string;
}

const minor = (version: string): number => Number(version.slice(2));

/** The supported versions within a window. */
const within = ({ since: first = "1.0", until: last = "1.99" }: Window): string[] =>
  supportedVersions.filter((version) => minor(version) >= minor(first) && minor(version) <= minor(last));

/** `k8s.io.api.core.v1.PodSpec.hostUsers` → `core.v1.PodSpec` and `hostUsers`; an embedded struct counts as its parent. */
function named(id: string): { type: string; field: string | undefined } {
  const [, name = "", field] = /([a-z]\w*\.v\w+\.\w+)(?:\.(\w+))?$/.exec(id) ?? [];
  return { type: embedded[name] ?? name, field };
}

const embedded: Readonly<Record<string, string>> = {
  "core.v1.EphemeralContainerCommon": "core.v1.EphemeralContainer",
  "core.v1.VolumeSource": "core.v1.Volume",
};

/** Go names, of fields whose JSON names have always existed. */
const isGoName = (field: string | undefined): boolean => /^[A-Z]/.test(field ?? "");

it("added and removed fields match the published API modules, with their versions", () => {
  const windows = Object.entries(recorded("fields.json") as Record<string, Window>).map(
    ([id, window]) => ({ ...named(id), versions: within(window) }) as const,
  );
  const ofFields = windows.filter(({ type, field }) => type in builtInFile.types && field && !isGoName(field));
  // A type that was removed with its kind needs no window of its own.
  const expected = ofFields.filter(({ type }) => !type.startsWith("resource.v1alpha2."));
  const theirs = expected.map(({ type, field, versions }) => `${type}.${field} ${versions.join(" ")}`);
  const ours = Object.keys(builtInFile.types).flatMap((type) =>
    [...builtInType(type).fields]
      .map(([field, { versions }]) => ({ field, versions: versionsIn(versions) }))
      .filter(({ versions }) => versions.length < supportedVersions.length)
      .map(({ field, versions }) => `${type}.${field} ${versions.join(" ")}`),
  );
  const isMet = (line: string) => !line.endsWith(` ${supportedVersions.join(" ")}`);
  expect(ours.length).toBeGreaterThan(100);
  expect(ours.sort()).toEqual([...new Set(theirs)].filter(isMet).sort());
});

it("a kind is known only in versions whose API modules have its type", async () => {
  const schemas = await loadSchemas();
  const types = Object.entries(recorded("fields.json") as Record<string, Window>).filter(([id]) => !named(id).field);
  const windows = new Map(types.map(([id, window]) => [named(id).type, within(window)]));
  const others = Object.entries(builtInFile.kinds).flatMap(([apiVersion, kinds]) =>
    Object.keys(kinds).flatMap((name) => {
      const kind = schemas.kind(apiVersion, name);
      const known = windows.get(kind?.type.name ?? "") ?? supportedVersions;
      const ours = kind === undefined ? [] : versionsIn(kind.versions);
      return ours.every((version) => known.includes(version)) ? [] : [`${apiVersion}/${name} ${ours} ${known}`];
    }),
  );
  expect(others).toEqual([]);
});
