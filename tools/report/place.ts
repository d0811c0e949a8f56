import { posix } from "node:path";
import type { Finding } from "../core/finding.ts";
import type { ReportContext } from "./report.ts";

/** The file to fix, or else the target, relative to the root of the repository, separated with `/`. */
export function placeIn({ file, target }: Finding, { folder }: ReportContext): string {
  return posix.join(folder, file ?? target);
}

/** A relative reference (RFC 3986): all characters except letters, digits and `-_.!~*'()` are percent-encoded. */
export function uriOf(path: string): string {
  const halves = /\p{Cs}/gu;
  return path.replace(halves, "\ufffd").split("/").map(encodeURIComponent).join("/");
}
