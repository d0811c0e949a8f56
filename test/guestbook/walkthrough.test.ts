import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { models } from "../../base/index.ts";
import { parseRequest } from "../../tools/gce/commands.ts";
import { generate } from "../../tools/generate/generate.ts";
import { root } from "./guestbook.ts";

const text = readFileSync(join(root, "docs/walkthrough.md"), "utf8");
const blocks = (language: string) =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, "gms"))].map((match) => match[1] ?? "");

test("every section of the document has a counterpart", () => {
  const headings = [...text.matchAll(/^#{2,4} (.*)$/gm)].map((match) => match[1]);
  expect(headings).toEqual([
    "Prerequisites",
    "Quick start",
    "Step one: the Redis master",
    "Define a Deployment",
    "Define a Service",
    "Create the Service",
    "Find a Service",
    "Environment variables",
    "DNS",
    "Create the Deployment",
    "Interlude: look inside",
    "Step two: the Redis slaves",
    "Step three: the frontend",
    "A load balancer for the frontend",
    "Step four: clean up",
    "Troubleshooting",
    "Appendix: reach the guestbook from outside",
    "Google Compute Engine",
    "Where to go from here",
  ]);
});

describe("files and links exist", () => {
  const files = [...text.matchAll(/ -[kf] ([a-z][a-z0-9./-]*)/g)].map((match) => match[1] ?? "");
  const named = [...text.matchAll(/(?:\.\.\/\.\.\/|`)((?:base|components|overlays|clusters)\/[a-z0-9./-]+)/g)];
  const links = [...text.matchAll(/\]\(\.\.\/([^)#]+)\)/g)].map((match) => match[1] ?? "");
  const paths = [...files, ...named.map((match) => match[1] ?? ""), ...links];

  test.each([...new Set(paths)])("%s", (path) => expect(existsSync(join(root, path))).toBe(true));

  test("links within the page point to headings", () => {
    const anchors = [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
      heading
        .toLowerCase()
        .replaceAll(/[^a-z0-9 -]/g, "")
        .replaceAll(" ", "-"),
    );
    for (const [, anchor] of text.matchAll(/\]\(#([^)]+)\)/g)) expect(anchors).toContain(anchor);
  });
});

test("the manifests in the page are those of the base, except for the version of Redis", () => {
  // The Markdown formatter removes the indentation of a partial manifest.
  const plain = (yaml: string) => yaml.replaceAll(/redis:[\d.]+/g, "redis").replaceAll(/^ +/gm, "");
  const contents = generate(models).map((file) => plain(file.content));
  for (const block of blocks("yaml")) {
    const found = contents.some((content) => content.includes(plain(block)));
    expect(found, block).toBe(true);
  }
});

test("the gcloud commands in the page are those that the script runs", () => {
  const shown = blocks("console").flatMap((block) => [
    ...block.matchAll(/^\$ npm run -s gce-firewall -- (.*)\n(.*)$/gm),
  ]);
  expect(shown).toHaveLength(4);
  for (const [, argv = "", command] of shown) {
    expect(["gcloud", ...parseRequest(argv.split(" ")).args].join(" ")).toBe(command);
  }
});

test("the page keeps the document's cleanup", () => {
  expect(text).toContain('$ kubectl delete deployments,services -l "app in (redis, guestbook)"\n');
});
