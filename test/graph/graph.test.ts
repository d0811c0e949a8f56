import { readFileSync, writeFileSync } from "node:fs";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import type { JsonObject } from "../../tools/core/json.ts";
import { resourceOf } from "../../tools/core/resource.ts";
import { repositoryContext } from "../../tools/gate/repository/context.ts";
import { factsOf } from "../../tools/gate/target/facts.ts";
import { graphers } from "../../tools/graph/formats/index.ts";
import validate from "../../tools/graph/graph.schema.json?validate";
import { families, type Relation } from "../../tools/graph/link.ts";
import { syncs } from "../../tools/graph/relations/sync.ts";
import { around, drawn, ofFamilies } from "../../tools/graph/select.ts";
import { type Edge, type Node, type Topology, topologyOf } from "../../tools/graph/topology.ts";
import { parseDocuments } from "../../tools/parse/documents.ts";
import type { RenderedTarget } from "../../tools/render/rendering.ts";
import { elementsOf, readXml } from "../report/xml.ts";
import { gitops } from "../run.ts";

/** The topology of a YAML text's resources, as a target of this repository. */
async function topologyIn(yaml: string): Promise<Topology> {
  const resources = parseDocuments(yaml, "all.yaml").documents.map(({ value }) => resourceOf(value as JsonObject));
  const target = { path: "all", kind: "kustomization" } as const;
  const place = { root: process.cwd(), cwd: process.cwd() };
  const rendered = { target, resources, failed: false, closure: undefined } as unknown as RenderedTarget;
  const context = { target, resources, cluster: [], contracts: [] };
  const urls = ["https://git.example.com/fleet.git"];
  const repository = await repositoryContext([factsOf(rendered, place)], { ...place, urls, whole: false });
  return topologyOf(context, [...syncs(repository, context)]);
}

const sections = readFileSync("test/graph/links.md", "utf8").split(/^## /m).slice(1);
const covered = new Set<Relation>();

describe("links.md", () => {
  test.each(sections.map((section) => [section.slice(0, section.indexOf("\n")), section]))("%s", async (_, section) => {
    const [yaml = "", expected = ""] = [...section.matchAll(/^```\w+\n(.*?)^```/gms)].map(([, text]) => text);
    const { nodes, edges } = await topologyIn(yaml);
    const names = new Map(nodes.map((node) => [node.id, node.kind === "" ? node.name : `${node.kind}/${node.name}`]));
    const lines = edges.map(({ from, to, relation, details, problem }) => {
      covered.add(relation);
      const words = details.length > 0 ? ` (${details.join(", ")})` : "";
      return `${names.get(from)} ${relation} ${names.get(to)}${words}${problem ? `: ${problem}` : ""}`;
    });
    const others = nodes.filter(
      ({ state, kind }) => state !== "rendered" && !(state === "outside" && /^(Folder)?$/.test(kind)),
    );
    expect([...lines.sort(), ...others.map(({ id, state }) => `${state}: ${id}`).sort()].join("\n")).toBe(
      expected.trimEnd(),
    );
  });

  // A relation without an example may never be found.
  afterAll(() => expect(new Set(Object.values(families).flat())).toEqual(covered));
});

const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.constantFrom(
    "a]\n  click n0 href",
    '"]; evil',
    "<img src=x onerror=alert(1)>",
    "end",
    "%%{init: {}}%%",
    "]]>",
    "\u202e",
  ),
);
const relation = fc.constantFrom(...Object.values(families).flat());

/** Any topology whose edges are between its nodes. */
const topology = fc
  .uniqueArray(text, { minLength: 1, maxLength: 8 })
  .chain((ids) =>
    fc.record({
      target: text,
      nodes: fc.tuple(
        ...ids.map((id) =>
          fc.record({
            id: fc.constant(id),
            kind: fc.oneof(fc.constantFrom("Service", "Secret", "Deployment", ""), text),
            namespace: fc.constantFrom("a", "b", "<b>"),
            name: text,
            state: fc.constantFrom("rendered", "elsewhere", "missing", "outside"),
            details: fc.array(text, { maxLength: 3 }),
          }),
        ),
      ),
      edges: fc.array(
        fc.record(
          {
            from: fc.constantFrom(...ids),
            to: fc.constantFrom(...ids),
            relation,
            details: fc.uniqueArray(text, { maxLength: 5 }),
            problem: text,
          },
          { requiredKeys: ["from", "to", "relation", "details"] },
        ),
        { maxLength: 12 },
      ),
    }),
  )
  .map((one) => one as Topology);

test("a flowchart has only its own syntax, whatever the names of resources", async () => {
  const mermaid = await graphers.mermaid();
  const quoted = '"[\\p{L}\\p{N} ._:/,→…✗#;<>{}\\\\-]*"';
  const line = new RegExp(
    [
      "flowchart LR",
      ` {2,6}n\\d+(?:\\[${quoted}\\]|\\(\\[${quoted}\\]\\)|\\[\\(${quoted}\\)\\]|\\(\\(${quoted}\\)\\))`,
      ` {2,6}subgraph g\\d+\\[${quoted}\\]`,
      " {2,6}end",
      `  n\\d+ (?:==>|-\\.->|-->)\\|${quoted}\\| n\\d+`,
      "  linkStyle [\\d,]+ stroke:#b3261e,color:#b3261e",
      "  classDef \\w+ [\\w:#,-]+",
      "  class [n\\d,]+ \\w+",
      "%%.*",
    ]
      .map((one) => `^${one}$`)
      .join("|"),
    "u",
  );
  fc.assert(
    fc.property(fc.array(topology, { minLength: 1, maxLength: 2 }), (all) => {
      const lines = mermaid(all).trimEnd().split("\n");
      expect(lines.filter((one) => !line.test(one))).toEqual([]);
      // Mermaid renders HTML: only line breaks may be in it.
      expect(lines.join("").replaceAll("<br>", "")).not.toMatch(/[<]/);
    }),
  );
});

test("an SVG is well-formed, loads nothing, and has every node and edge", async () => {
  const svg = await graphers.svg();
  fc.assert(
    fc.property(topology, (one) => {
      const picture = readXml(svg([one]));
      const names = new Set(["svg", "g", "path", "rect", "text", "tspan", "marker", "title", "desc", "defs", "style"]);
      const all = [...names].flatMap((name) => elementsOf(picture, name));
      expect(all.flatMap(({ children }) => children).filter(({ name }) => !names.has(name))).toEqual([]);
      expect(all.flatMap(({ attributes }) => Object.keys(attributes)).filter((name) => /^on|href/i.test(name))).toEqual(
        [],
      );
      const shown = drawn(one);
      const classed = (name: string, style: RegExp) =>
        elementsOf(picture, name).filter(({ attributes }) => style.test(attributes.class ?? ""));
      expect(classed("rect", /^node/)).toHaveLength(shown.nodes.length);
      expect(classed("text", /^label/)).toHaveLength(shown.edges.length);
      expect(JSON.stringify(picture)).not.toContain("NaN");
    }),
    { numRuns: 60 },
  );
});

test("JSON matches its schema", async () => {
  const json = await graphers.json();
  for (const section of sections) {
    const [, yaml = ""] = /^```yaml\n(.*?)^```/ms.exec(section) ?? [];
    validate(JSON.parse(json([await topologyIn(yaml)])));
    expect(validate.errors ?? []).toEqual([]);
  }
});

test("the order of resources does not matter", async () => {
  for (const section of sections) {
    const [, yaml = ""] = /^```yaml\n(.*?)^```/ms.exec(section) ?? [];
    const turned = yaml.split("---\n").reverse().join("---\n");
    expect(await topologyIn(turned)).toEqual(await topologyIn(yaml));
  }
});

test("the surroundings of a node are a closed part of the graph, and have the same surroundings", () => {
  fc.assert(
    fc.property(topology, fc.nat(), (one, at) => {
      const { id } = one.nodes[at % one.nodes.length] as Node;
      const part = around(one, id);
      const ids = new Set(part?.nodes.map((node) => node.id));
      expect(ids.has(id)).toBe(true);
      expect(part?.nodes.every((node) => one.nodes.includes(node))).toBe(true);
      expect(part?.edges.every((edge) => one.edges.includes(edge) && ids.has(edge.from) && ids.has(edge.to))).toBe(
        true,
      );
      const direct = ({ from, to }: Edge) => from === id || to === id;
      expect(part?.edges.filter(direct)).toEqual(one.edges.filter(direct));
      expect(part && around(part, id)).toEqual(part);
    }),
  );
});

test("a resource without links is drawn if it is asked for", async () => {
  const one = await topologyIn("apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings, namespace: shop }\n");
  const part = around(one, "settings") as Topology;
  const [mermaid, json] = await Promise.all([graphers.mermaid(), graphers.json()]);
  expect(mermaid([one])).not.toContain("settings");
  expect(mermaid([part])).toContain("settings");
  expect(json([part])).toBe(json([one]));
});

test("each link belongs to exactly one family", () => {
  fc.assert(
    fc.property(topology, (one) => {
      const parts = (["traffic", "needs", "control"] as const).map((family) => ofFamilies(one, [family]).edges);
      expect(new Set(parts.flat())).toEqual(new Set(one.edges));
      expect(parts.flat()).toHaveLength(one.edges.length);
    }),
  );
});

/** `UPDATE=1 npx vitest run test/graph` redraws it. */
test("the picture in the README is up to date", async () => {
  const file = "docs/images/topology.svg";
  const { code, stdout } = await gitops(["graph", "overlays/nodeport", "-o", "svg"], { cwd: process.cwd() });
  expect(code).toBe(0);
  if (process.env.UPDATE === "1") writeFileSync(file, stdout);
  expect(readFileSync(file, "utf8")).toBe(stdout);
});
