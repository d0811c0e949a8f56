import { compiled } from "policies?validators";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { compile } from "../../tools/policy/ajv.ts";

const { cases } = parse(readFileSync("policies/guestbook/exposure.yaml", "utf8"));

test("this repository's declarative policies are precompiled, with the same results as when compiled at run time", () => {
  const things = [
    {},
    { spec: {} },
    ...["ClusterIP", "NodePort", "LoadBalancer", 7].map((type) => ({ spec: { type } })),
  ];
  expect(cases.length).toBeGreaterThan(0);
  for (const { schema } of cases) {
    const early = compiled.get(JSON.stringify(schema));
    const late = compile(schema, "exposure");
    const precompiled = things.map((thing) => [early?.(thing), early?.errors]);
    expect(precompiled).toEqual(things.map((thing) => [late(thing), late.errors]));
    expect(new Set(precompiled.map(([valid]) => valid)).size).toBe(2);
  }
});
