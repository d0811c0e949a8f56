import { readdirSync, readFileSync } from "node:fs";
import { brotliDecompressSync } from "node:zlib";
import { expect, it } from "vitest";
import { builtInFile, builtInType } from "../../tools/validate/built-in.ts";
import { loadSchemas, rules, supportedVersions } from "../../tools/validate/index.ts";
import { lifecycles } from "../../tools/validate/lifecycle.ts";
import { since, versionsIn } from "../../tools/validate/versions.ts";

const root = new URL("../../tools/validate/", import.meta.url);
const recorded = (name: string) =>
  JSON.parse(brotliDecompressSync(readFileSync(new URL(`./verdicts/${name}.br`, import.meta.url))).toString());

it("every type of the table can be read", () => {
  for (const name of Object.keys(builtInFile.types)) expect(builtInType(name).fields.size).toBeGreaterThanOrEqual(0);
});

it("the kinds that are on are those that real API servers serve", async () => {
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

it("every rule that is reported under has its text, once", () => {
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

it("the life of an API has its events in order, and a successor", () => {
  for (const { deprecated, removed, use, instead } of lifecycles) {
    expect(use ?? instead).toBeDefined();
    if (removed !== undefined) expect(since(removed) & ~since(deprecated)).toBe(0);
  }
});
