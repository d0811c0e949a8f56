import { expect, test } from "vitest";
import { resourceOf, type Source, type Target } from "../../tools/core/resource.ts";
import { traceFindings } from "../../tools/trace/trace.ts";

const TARGET: Target = { path: "manifests", kind: "manifests" };
const TEXT = [
  "# first",
  "---",
  "apiVersion: v1",
  "kind: List",
  "items:",
  "  - kind: ConfigMap",
  "    metadata: {name: a}",
  "  - kind: ConfigMap",
  "    metadata:",
  "      name: b",
  "---",
  "---",
  "kind: Service",
  "spec:",
  "  ports:",
  "    - port: 80",
].join("\n");

function trace(source: Source, pointer: string) {
  const resource = resourceOf({ kind: "ConfigMap" }, source);
  const read = (path: string) => (path === "a.yaml" ? TEXT : undefined);
  return traceFindings(TARGET, [{ resource, pointer }], { read })[0];
}

test.each([
  [0, "/items/1", "/metadata/name", 10, 7],
  [0, "/items/1", "/metadata/labels", 9, 5],
  [0, "/items/0", "", 6, 5],
  [0, "", "", 3, 1],
  [2, "", "/spec/ports/0/port", 16, 7],
  [2, "", "/spec/ports/7", 15, 3],
  [1, "", "/spec", 11, 1],
  [9, "", "/spec", 1, 1],
])("document %i%s%s is at %i:%i", (document, at, pointer, line, column) => {
  expect(trace({ file: "a.yaml", document, pointer: at }, pointer)).toEqual({ file: "a.yaml", line, column });
});

test("a file that cannot be read is still named", () => {
  expect(trace({ file: "-", document: 0, pointer: "" }, "/spec")).toEqual({ file: "-", line: 1, column: 1 });
});

test("each file is read only once per run", () => {
  const paths: string[] = [];
  const tools = {
    read: (path: string) => {
      paths.push(path);
      return path === "a.yaml" ? TEXT : undefined;
    },
  };
  const resource = resourceOf({ kind: "Service" }, { file: "a.yaml", document: 2, pointer: "" });
  for (let i = 0; i < 3; i++) traceFindings(TARGET, [{ resource, pointer: "/spec" }], tools);
  expect(paths).toEqual(["a.yaml"]);
});
