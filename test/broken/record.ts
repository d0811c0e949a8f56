import type { Proof } from "./proof.ts";
import type { Variant } from "./variants.ts";

/**
 * The document with the answers.
 *
 * @param before the previous document, whose rows are kept for variants that were not tried
 */
export function recordOf(proofs: readonly Proof[], all: readonly Variant[], before = ""): string {
  const [shown = ""] = before.split(/\nFound (?:as well|by the gate)/);
  const tried = new Map(proofs.map((proof) => [startOf(proof.variant), proof]));
  const rowOf = (variant: Variant): string | undefined => {
    const start = startOf(variant);
    const proof = tried.get(start);
    if (proof === undefined) return shown.split("\n").find((line) => line.startsWith(start));
    return proof.holds ? `${start}${cell(proof.broken)} | ${cell(proof.fixed)} |` : undefined;
  };
  const others = all
    .filter((one) => rowOf(one) === undefined)
    .map((one) => {
      const { unenforced, unshown } = one.shows;
      const why = tried.has(startOf(one)) ? "tried, not observed" : "not tried yet";
      return `${startOf(one)}${unenforced ?? unshown ?? why} |`;
    });
  return [
    "# Broken guestbooks",
    "",
    "Each variant is an overlay with one mistake ([the table](../test/broken/variants)) and a copy in which it is fixed. The gate",
    "finds the mistake where it was made, and nothing in the fixed copy (`npm test`). On a real cluster,",
    "`npm run e2e:broken -- --context NAME` shows that the broken variant fails and the fixed copy works. It records the answers",
    "with `--record docs/broken-variants.md`; with `--only PATTERN`, the other rows stay as they are.",
    "",
    "| rule | variant | broken | fixed |",
    "| ---- | ------- | ------ | ------ |",
    ...all.map(rowOf).filter((row) => row !== undefined),
    "",
    "Found by the gate, but not shown on a cluster:",
    "",
    "| rule | variant | why not |",
    "| ---- | ------- | ------- |",
    ...others,
    "",
  ].join("\n");
}

function startOf({ rule, name }: Pick<Variant, "rule" | "name">): string {
  return `| ${rule} | ${name} | `;
}

/** Namespaces and addresses differ in every run. */
function cell(text: string): string {
  return text
    .replaceAll("|", "\\|")
    .replaceAll(/proof-[a-z0-9]+-(?:broken|fixed)/g, "guestbook")
    .replaceAll(/\b(?:\d{1,3}\.){3}\d{1,3}\b/g, "ADDRESS")
    .replaceAll("<", "&lt;");
}
