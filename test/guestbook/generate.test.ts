import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import { describe, expect, test } from "vitest";
import { models } from "../../base/index.ts";
import { generate, renderFile } from "../../tools/generate/generate.ts";
import { root } from "./guestbook.ts";

describe("generate", () => {
  const files = generate(models);

  test("writes exactly the YAML files of base/", () => {
    const committed = readdirSync(join(root, "base"), { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".yaml"))
      .map((path) => `base/${path.replaceAll("\\", "/")}`);
    expect(files.map((file) => file.path).sort()).toEqual(committed.sort());
  });

  test.each(files)("$path is committed as generated", ({ path, content }) => {
    expect(readFileSync(join(root, path), "utf8")).toBe(content);
  });

  test.each(files)("$path states its purpose and its source", ({ path, content }) => {
    const [purpose, origin] = content.split("\n");
    expect(purpose).toMatch(/^# .+\.$/);
    const source = path === "base/kustomization.yaml" || path.endsWith("/kustomization.yaml") ? "base/index.ts" : /./;
    expect(origin).toMatch(/^# Generated from base\/[a-z-]+\.ts: edit that, then run `npm run generate`\.$/);
    expect(origin).toMatch(source);
  });

  test("is deterministic", () => {
    expect(generate(models)).toEqual(files);
  });

  test("keeps the content of the models", () => {
    for (const [index, model] of models.entries()) expect(load(files[index]?.content ?? "")).toEqual(model.resource);
  });
});

describe("renderFile", () => {
  test("writes the header as comments, and keeps the order of keys", () => {
    const resource = { apiVersion: "v1", kind: "Service", metadata: { name: "a" }, spec: { ports: [{ port: 1 }] } };
    expect(renderFile(["One.", "Two."], resource)).toBe(
      "# One.\n# Two.\napiVersion: v1\nkind: Service\nmetadata:\n  name: a\nspec:\n  ports:\n    - port: 1\n",
    );
  });

  test("repeats shared values instead of using anchors", () => {
    const labels = { app: "a" };
    expect(renderFile([], { metadata: { labels }, spec: { selector: labels } })).not.toMatch(/[&*]/);
  });

  test.each(["yes", "6379", "null", "0x10", "1e3", "~", "on"])("keeps %s a string", (text) => {
    expect(load(renderFile([], { text }))).toEqual({ text });
    expect(renderFile([], { text })).toContain(text === "yes" || text === "on" ? text : `"${text}"`);
  });

  test("does not fold long strings", () => {
    const text = "word ".repeat(60).trim();
    expect(renderFile([], { text })).toBe(`text: ${text}\n`);
  });
});
