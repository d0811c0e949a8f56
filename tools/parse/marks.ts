import type { LocatedProblem } from "../core/resource.ts";
import { Places } from "./text.ts";

/** A line that begins with `---` and has more than a comment. */
const withContent = /(?<=^|\n)\ufeff?---(?![ \t\r]*(?:#[^\n]*)?(?:\n|$))/g;

/** A line with `...` that neither a `---` nor the end of the text follows; a directive is reported anyway. */
const withoutMark =
  /(?<=^|\n)\.\.\.[ \t\r]*(?:#[^\n]*)?\n(?:[ \t\r]*(?:#[^\n]*)?\n)*(?!---|%|[ \t\r]*(?:#[^\n]*)?(?:\n|$))/g;

/**
 * The marks between documents that YAML allows, but that those who apply manifests do not understand: they split a file at
 * each line that begins with `---`, and read one document of each part (`YAMLReader.Read` in k8s.io/apimachinery,
 * `splitDocuments` in sigs.k8s.io/kustomize/kyaml).
 *
 * @param file the path to report in the problems
 */
export function misunderstoodMarks(text: string, file: string): LocatedProblem[] {
  const places = new Places(text);
  const problem = (offset: number, message: string, help: string): LocatedProblem => {
    return { rule: "schema/parse-error", pointer: "", message, help, file, ...places.at(offset) };
  };
  return [
    ...[...text.matchAll(withContent)].map(({ index }) =>
      problem(index, "kubectl and kustomize reject a line that begins with --- and has more than a comment", nextLine),
    ),
    ...[...text.matchAll(withoutMark)].map(({ 0: found, index }) =>
      problem(index + found.length, "kubectl and kustomize ignore this document: it follows ... without ---", above),
    ),
  ];
}

const nextLine = "Begin the document on the next line.";
const above = "Write --- above it.";
