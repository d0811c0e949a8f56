import { posix } from "node:path";
import type { Finding } from "../core/finding.ts";
import type { ReportContext } from "./report.ts";

/** The file to mend, else the target, relative to the top of the repository, with `/` between its parts. */
export function placeIn({ file, target }: Finding, { folder }: ReportContext): string {
  return posix.join(folder, file ?? target);
}

/** A relative reference of RFC 3986: every character but letters, digits and `-_.!~*'()` is percent-encoded. */
export function uriOf(path: string): string {
  const halves = /\p{Cs}/gu;
  return path.replace(halves, "\ufffd").split("/").map(encodeURIComponent).join("/");
}
