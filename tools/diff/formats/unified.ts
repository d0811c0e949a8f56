import { structuredPatch } from "diff";
import type { JsonObject } from "../../core/json.ts";
import { canonicalValue } from "../../render/canonical.ts";
import { type Style, style, visible, visibleLines } from "../../report/style.ts";
import { hiddenSecrets } from "../show.ts";
import type { DiffReporter, ObjectPair } from "./format.ts";

/** If more lines of an object differ, it is shown as replaced: comparing it would take too long. */
const most = 3000;

/** A unified diff of the canonical YAML, object by object, in the format that `patch` and editors read. */
export const unified: DiffReporter = ({ base, head }, { objects, colours }) => {
  const paint = style(colours);
  return objects.map((pair) => patchOf(pair, base, head, paint)).join("");
};

function patchOf({ target, resource, before, after }: ObjectPair, base: string, head: string, paint: Style): string {
  const [was, is] = hiddenSecrets(before, after).map(textOf) as [string, string];
  if (was === is) return "";
  const name = `${target} ${resource}`;
  const files = [before ? `--- ${name}\t${base}` : "--- /dev/null", after ? `+++ ${name}\t${head}` : "+++ /dev/null"];
  const lines = [
    ...files.map((line) => paint.bold(headerOf(line))),
    ...hunksOf(was, is).map((line) => painted(line, paint)),
  ];
  return `${lines.join("\n")}\n`;
}

/** A tab separates the name from the revision. */
function headerOf(line: string): string {
  return line.split("\t").map(visible).join("\t");
}

function textOf(object: JsonObject | undefined): string {
  return object === undefined ? "" : visibleLines(canonicalValue(object));
}

function hunksOf(was: string, is: string): string[] {
  const patch = structuredPatch("", "", was, is, "", "", { context: 3, maxEditLength: most });
  if (patch === undefined) return replaced(was, is);
  return patch.hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines }) => [
    `@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`,
    ...lines,
  ]);
}

function replaced(was: string, is: string): string[] {
  const [old, next] = [was, is].map((text) => text.split("\n").slice(0, -1)) as [string[], string[]];
  const header = `@@ -1,${old.length} +1,${next.length} @@`;
  return [header, ...old.map((line) => `-${line}`), ...next.map((line) => `+${line}`)];
}

function painted(line: string, paint: Style): string {
  if (line.startsWith("@@")) return paint.dim(line);
  if (line.startsWith("+")) return paint.green(line);
  return line.startsWith("-") ? paint.red(line) : line;
}
