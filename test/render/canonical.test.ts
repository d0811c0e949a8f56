import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { Json } from "../../tools/core/json.ts";
import { parseDocuments } from "../../tools/parse/documents.ts";
import { resourcesOf } from "../../tools/parse/resources.ts";
import { canonical, canonicalValue } from "../../tools/render/canonical.ts";
import { json, oddText } from "./json.ts";

function read(text: string): Json | undefined {
  const { documents, problems } = parseDocuments(text, "canonical.yaml");
  expect(problems).toEqual([]);
  expect(documents.length).toBeLessThan(2);
  return documents[0]?.value ?? null;
}

describe("canonical text", () => {
  test("of an object", () => {
    const object = {
      kind: "ConfigMap",
      metadata: { name: "a", labels: {}, annotations: { b: "yes", a: "0777" } },
      list: [1, [2, [3]], { b: 1, a: [{ x: "1e3" }] }, [], {}],
      data: { script: "#!/bin/sh\necho 'a: b'\n", none: "a\nb", more: "a\n\n", odd: "a \nb\n \n" },
      big: 9223372036854775807n,
      float: 1.5,
      large: 1e17,
      nothing: null,
      ok: true,
    };
    expect(canonicalValue(object)).toMatchInlineSnapshot(`
      "big: 9223372036854775807
      data:
        more: |+
          a

        none: |-
          a
          b
        odd: "a \\nb\\n \\n"
        script: |
          #!/bin/sh
          echo 'a: b'
      float: 1.5
      kind: ConfigMap
      large: 1e+17
      list:
      - 1
      - - 2
        - - 3
      - a:
        - x: "1e3"
        b: 1
      - []
      - {}
      metadata:
        annotations:
          a: "0777"
          b: "yes"
        labels: {}
        name: a
      nothing: null
      ok: true
      "
    `);
  });

  test("of several resources keeps their order", () => {
    const objects = [{ kind: "B" }, { kind: "A" }];
    expect(canonical(objects.map((object) => ({ object })))).toBe("kind: B\n---\nkind: A\n");
    expect(canonical([])).toBe("");
  });

  test.each([
    "nginx:1.25",
    "10.0.0.1",
    "1.2.3-rc.1",
    "100m",
    "1Gi",
    "/a/b",
    "$(VAR)",
    "a, b",
    "it's",
    "a=b",
    "k8s.io/x",
  ])("%s is at most quoted", (text) => {
    expect(canonicalValue({ a: text }).length).toBeLessThanOrEqual(text.length + 6);
  });
});

describe("reads back unchanged", () => {
  const runs = { numRuns: 2_000 };

  test("with our parser", () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(read(canonicalValue({ value }))).toEqual({ value });
      }),
      runs,
    );
  });

  test("at the root", () => {
    fc.assert(
      fc.property(oddText, (text) => {
        expect(read(canonicalValue(text))).toEqual(text);
      }),
      runs,
    );
  });

  test.each(["1.1", "1.2"] as const)("with another parser, YAML %s", (version) => {
    const options = { version, merge: false, intAsBigInt: false, uniqueKeys: true } as const;
    fc.assert(
      fc.property(fc.dictionary(oddText, fc.oneof(oddText, fc.array(oddText)), { noNullPrototype: true }), (value) => {
        expect(parse(canonicalValue(value), options)).toEqual(value);
      }),
      runs,
    );
  });

  test("and is written as the same text again", () => {
    fc.assert(
      fc.property(json, (value) => {
        const text = canonicalValue({ value });
        expect(canonicalValue(read(text) ?? null)).toBe(text);
      }),
      runs,
    );
  });

  test("several resources", () => {
    fc.assert(
      fc.property(fc.array(json.map((value) => ({ kind: "X", value }))), (objects) => {
        const text = canonical(objects.map((object) => ({ object })));
        const { resources } = resourcesOf(parseDocuments(text, "-").documents);
        expect(resources.map(({ object }) => object)).toEqual(objects);
      }),
      { numRuns: 300 },
    );
  });
});
