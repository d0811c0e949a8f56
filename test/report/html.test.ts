import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { html } from "../../tools/report/html.ts";
import { context, finding, hostile, report } from "./reports.ts";
import { type Element, elementsOf, readXml } from "./xml.ts";

/** Reads a page as XML, without its doctype and with its void elements closed. */
const page = (text: string): Element =>
  readXml(text.replace("<!doctype html>", "").replace(/<meta [^>]*>/g, (tag) => tag.replace(/>$/, "/>")));

const names = (element: Element): string[] => [element.name, ...element.children.flatMap(names)];

test("text from a target cannot add markup", () => {
  const clean = new Set(names(page(html(report([finding()]), context))));
  expect(new Set(names(page(html(hostile(), context))))).toEqual(clean);
});

test("the page loads nothing, and its policy only allows its own style", () => {
  const text = html(hostile(), context);
  const [style] = elementsOf(page(text), "style");
  const hash = createHash("sha256")
    .update(style?.text ?? "")
    .digest("base64");
  const policy = elementsOf(page(text), "meta").find(({ attributes }) => attributes["http-equiv"]);
  expect(policy?.attributes.content).toBe(
    `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`,
  );
  expect(names(page(text)).filter((name) => ["script", "link", "img", "a", "iframe"].includes(name))).toEqual([]);
  expect(style?.text).not.toMatch(/url\(|@import/);
});

test("the page has a light and a dark style", () => {
  expect(html(report(), context)).toContain("@media (prefers-color-scheme: dark)");
});
