import { expect, test } from "vitest";
import { Sources } from "../../tools/gate/sources.ts";
import { parseDocuments } from "../../tools/parse/documents.ts";
import { resourcesOf } from "../../tools/parse/resources.ts";

test("however many findings a file has, it is read once", async () => {
  const entries = Array.from({ length: 500 }, (_, index) => `  key${index}: on`);
  const text = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n${entries.join("\n")}\n`;
  const { resources } = resourcesOf(parseDocuments(text, "a.yaml").documents, "a.yaml");
  let reads = 0;
  const sources = new Sources(".", undefined, () => {
    reads++;
    return text;
  });
  const help = `Put it in quotes: "true"; without quotes, YAML also reads yes, on and y as true.`;
  const issues = entries.map((_, index) => ({
    problem: { rule: "schema/type", pointer: `/data/key${index}`, message: "", help },
    resource: resources[0],
  }));
  const found = await sources.locate({ target: { path: "a.yaml", kind: "manifests" }, issues } as never);
  expect(found[7]).toMatchObject({ line: 12, help: expect.stringContaining('"on"') });
  expect(reads).toBe(1);
});
