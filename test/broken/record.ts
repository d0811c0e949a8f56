import type { Proof } from "./proof.ts";
import type { Variant } from "./variants.ts";

/**
 * The answers as a document.
 *
 * @param before the document as it was: what it says of variants that were not asked about stays
 */
export function recorded(proofs: readonly Proof[], all: readonly Variant[], before = ""): string {
  const [shown = ""] = before.split("\nFound as well");
  const asked = new Map(proofs.map((proof) => [startOf(proof.variant), proof]));
  const rowOf = (variant: Variant): string | undefined => {
    const start = startOf(variant);
    const proof = asked.get(start);
    if (proof === undefined) return shown.split("\n").find((line) => line.startsWith(start));
    return proof.holds ? `${start}${cell(proof.broken)} | ${cell(proof.mended)} |` : undefined;
  };
  const others = all
    .filter((one) => rowOf(one) === undefined)
    .map((one) => {
      const { unenforced, unshown } = one.shows;
      const why = asked.has(startOf(one)) ? "asked, and not seen" : "not asked yet";
      return `${startOf(one)}${unenforced ?? unshown ?? why} |`;
    });
  return [
    "# Broken guestbooks",
    "",
    "Each is one overlay with one mistake ([the table](../test/broken/variants)). The gate finds the mistake where it is made, and",
    "nothing in its mended twin: `npm test`. A cluster shows that the one does not work and the other does:",
    "`npm run e2e:broken -- --context NAME`, and `--record docs/broken-variants.md` writes what it answered; with",
    "`--only PATTERN`, the other rows stay as they are.",
    "",
    "| rule | variant | broken | mended |",
    "| ---- | ------- | ------ | ------ |",
    ...all.map(rowOf).filter((row) => row !== undefined),
    "",
    "Found as well, and not shown:",
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

/** Namespaces and addresses are others each time. */
function cell(text: string): string {
  return text
    .replaceAll("|", "\\|")
    .replaceAll(/proof-[a-z0-9]+-(?:broken|mended)/g, "guestbook")
    .replaceAll(/\b(?:\d{1,3}\.){3}\d{1,3}\b/g, "ADDRESS")
    .replaceAll("<", "&lt;");
}
