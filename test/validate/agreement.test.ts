import { beforeAll, describe, expect, it } from "vitest";
import { loadSchemas } from "../../tools/validate/index.ts";
import { readSeeds } from "../conformance/seeds.ts";
import { type Compared, compare, groupBy, isRefused, readVerdicts, refusedSeeds, score } from "./agreement.ts";
import disagreements from "./disagreements.json" with { type: "json" };

const verdicts = readVerdicts(new URL("./verdicts", import.meta.url).pathname);
let compared: readonly Compared[] = [];

beforeAll(async () => {
  compared = await compare(verdicts);
}, 60_000);

it("accepts every seed manifest, as real API servers do", async () => {
  expect(await refusedSeeds(verdicts)).toEqual([]);
});

/** The family of the first rule that we report. Lines that both accept form a family of their own. */
function familyOf({ refused, recorded, problems }: Compared): string {
  if (!refused && problems.length === 0) return "accepted";
  const rule = problems[0]?.rule ?? "";
  if (recorded.verdict === "pods" || rule === "apply/pods-rejected") return "pods-rejected";
  return rule.split("/")[0] || "missed";
}

function row(name: string, lines: readonly Compared[]): string {
  const { agreed, missed, alarms, withFields, sameField } = score(lines);
  const percent = (part: number, whole: number) => (whole === 0 ? "" : `${((100 * part) / whole).toFixed(1)} %`);
  const cells = [lines.length, percent(agreed, lines.length), missed, alarms, percent(sameField, withFields)];
  return name.padEnd(60) + cells.map((cell) => String(cell).padStart(10)).join("");
}

/** Groups refused lines by demand: the kind, field and reason of the first cause. */
function demandsOf(lines: readonly Compared[]): Map<string, Compared[]> {
  const refused = lines.filter((line) => line.refused && line.recorded.causes?.length);
  return groupBy(refused, ({ kind, recorded: { causes = [] } }) => {
    const [field = "", reason = ""] = causes[0] ?? [];
    return `${kind} ${field.replaceAll(/\[[^\]]*\]/g, "[]")} ${reason}`;
  });
}

it("prints its agreement with a real API server by family and kind", () => {
  const heads = ["lines", "agreement", "missed", "alarms", "field"].map((head) => head.padStart(10));
  const families = groupBy(compared, (line) => `${familyOf(line)}: ${line.kind}`);
  const rows = [...families].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, lines]) => row(name, lines));
  console.log([`${"Kubernetes 1.36".padEnd(60)}${heads.join("")}`, ...rows, row("all", compared)].join("\n"));
  expect(families.size).toBeGreaterThan(100);
});

describe("agrees with a real 1.36 API server", () => {
  it("on the verdict of 99.5 % of the lines, with at most 0.1 % false alarms", () => {
    const { lines, agreed, alarms } = score(compared);
    expect(lines).toBe(25_629);
    expect(agreed / lines).toBeGreaterThanOrEqual(0.995);
    expect(alarms / lines).toBeLessThanOrEqual(0.001);
  });

  it("on the field of 97 % of the refusals", () => {
    const { withFields, sameField } = score(compared);
    expect(sameField / withFields).toBeGreaterThanOrEqual(0.97);
  });

  it("on every line of 97 % of the demands", () => {
    const demands = [...demandsOf(compared).values()];
    const met = demands.filter((lines) => lines.every(isRefused));
    console.log(`${demands.length} distinct demands, ${met.length} of them met on every line`);
    expect(met.length / demands.length).toBeGreaterThanOrEqual(0.97);
  });

  it("on the warnings of 95 % of the lines that have any", () => {
    const { withWarnings, sameWarnings } = score(compared);
    expect(sameWarnings / withWarnings).toBeGreaterThanOrEqual(0.95);
  });

  it("except for the disagreements listed with their reasons", () => {
    const others = compared.filter((line) => line.refused !== isRefused(line));
    const named = others.map(({ recorded: { seed, op, path, value } }) => ({
      seed,
      op,
      path,
      ...(value !== undefined && { value }),
    }));
    const listed = (disagreements as readonly { readonly lines: readonly object[] }[]).flatMap(({ lines }) => lines);
    const keys = (list: readonly object[]) => list.map((line) => JSON.stringify(line)).sort();
    expect(keys(named)).toEqual(keys(listed));
  });
});

/** 1.31 was not recorded. Warnings were recorded only for 1.36. */
it.each(["1.30", "1.32", "1.33", "1.34", "1.35", "1.37"])(
  "agrees with a real %s API server on 99 % of the lines",
  async (version) => {
    const lines = await compare(verdicts, version);
    console.log(row(`Kubernetes ${version}`, lines));
    expect(score(lines).agreed / lines.length).toBeGreaterThanOrEqual(0.99);
  },
  60_000,
);

it("agrees on the manifests on which npm run conformance once found a disagreement", async () => {
  const { seeds, lines } = readVerdicts(new URL("./verdicts", import.meta.url).pathname, "own");
  const more = readSeeds(new URL("..", import.meta.url).pathname, await loadSchemas());
  const own = await compare({ seeds: { ...seeds, ...more }, lines });
  expect(own.length).toBeGreaterThan(20);
  expect(own.filter((line) => line.refused !== isRefused(line)).map(({ recorded }) => recorded)).toEqual([]);
});
