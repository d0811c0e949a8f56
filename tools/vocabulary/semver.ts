const part = "[0-9xX*]+";
const identifiers = String.raw`[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*`;
const version = String.raw`v?${part}(?:\.${part}){0,2}(?:-${identifiers})?(?:\+${identifiers})?`;
const comparison = String.raw`(?:=|!=|>|<|>=|=>|<=|=<|~|~>|\^)?\s*${version}`;
const range = new RegExp(String.raw`${version}\s+-\s+${version}`, "g");
const comparisons = new RegExp(String.raw`^\s*${comparison}(?:(?:\s+|\s*,\s*)${comparison})*\s*$`);

/** Whether a text is a version or a range of versions, as `semver.NewConstraint` of Go parses it: `1.16.x`, `>=1.2 <2 || ^3`. */
export function isVersionRange(text: string): boolean {
  return text.split("||").every((one) => comparisons.test(one.replaceAll(range, "*")));
}
