import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../tools/core/json.ts";
import { resourceOf } from "../../tools/core/resource.ts";
import { concealing } from "../../tools/diff/conceal.ts";
import { commit, newRepository } from "../git/repository.ts";
import { gitops, writeFilesIn } from "../run.ts";
import { annotated, config, secret, workload } from "./table.ts";

const [old, next] = ["hunter2-horse-staple", "Tr0ub4dor-and-three"];
const base64 = (text: string) => Buffer.from(text).toString("base64");

/** A secret in every place that the gate knows. */
const state = (value: string) => [
  secret({ password: value }),
  { ...secret({}, "encoded"), stringData: undefined, data: { "db-password": base64(value) } },
  { ...secret({ password: value }, "fixed"), immutable: true },
  config({ url: `postgres://shop:${value}@db/shop`, "app.properties": `a=1\nb=2\ndb.password=${value}\n` }),
  annotated(config({ a: "1" }, {}, "annotated"), { "example.com/dsn": `redis://u:${value}@redis:6379` }),
  workload(
    {},
    {},
    { env: [{ name: "DB_PASSWORD", value }], args: [`--password=${value}`, "--token", `${value}${value}`] },
  ),
  // Nothing here looks like a secret, but a Secret has the same value.
  workload(
    {},
    {},
    {
      env: [
        { name: "GREETING", value: `hello ${value}` },
        { name: "B64", value: base64(value) },
      ],
    },
    "Deployment",
    "other",
  ),
  workload({}, { tolerations: [{ key: value, operator: "bad" }] }, {}, "Deployment", "refused"),
];

describe("no format shows secrets", async () => {
  const cwd = newRepository();
  const write = (value: string) => ({
    "all.yaml": state(value)
      .map((object) => JSON.stringify(object))
      .join("\n---\n"),
  });
  commit(cwd, { "kustomization.yaml": "resources: [all.yaml]\n", ...write(old) });
  writeFilesIn(cwd, write(next));

  test.each(["pretty", "json", "markdown", "diff"])("%s", async (format) => {
    const { stdout, code } = await gitops(["diff", "HEAD", "-o", format], { cwd });
    expect(code).toBe(0);
    expect(stdout).toContain("(hidden, ");
    for (const value of [old, next].flatMap((one) => [one, base64(one)])) expect(stdout).not.toContain(value);
    expect(stdout).toContain(format === "diff" ? "changed)" : "rejected");
  });
});

test("no part of a secret is shown where a long value is cut", async () => {
  const cwd = newRepository();
  const write = (end: string) => ({
    "all.yaml": [secret({ password: old }), config({ text: `${"y".repeat(390)} ${old} ${end}` })]
      .map((object) => JSON.stringify(object))
      .join("\n---\n"),
  });
  commit(cwd, { "kustomization.yaml": "resources: [all.yaml]\n", ...write("a") });
  writeFilesIn(cwd, write("b"));
  const { stdout } = await gitops(["diff", "HEAD", "-o", "json"], { cwd });
  expect(stdout).toContain("hidden");
  expect(stdout).not.toContain(old.slice(0, 5));
});

test("other values are shown", () => {
  const resources = [
    secret({ username: "guestbook", password: "abc" }),
    config({ MOTD: "hello", "password-file": "/run/p" }),
  ];
  const conceal = concealing(resources.map((object) => resourceOf(object as JsonObject)));
  const shown = { text: "guestbook says abc and hello from /run/p", list: [1, null, true] };
  expect(conceal(shown)).toEqual(shown);
});

test("a secret that is part of another does not reveal any of it", () => {
  const resources = [secret({ password: "abcdefgh", "admin-password": "abcdefghijkl" })];
  const conceal = concealing(resources.map((object) => resourceOf(object as JsonObject)));
  expect(conceal(["abcdefghijkl", "xabcdefghx"])).toEqual(["(hidden, 12 bytes)", "x(hidden, 8 bytes)x"]);
});
