import { UserError } from "../core/errors.ts";
import type { LocatedProblem, Resource } from "../core/resource.ts";
import { readBytes, readInput, TooLarge } from "../system/disk.ts";
import { type Decoded, decode } from "./decode.ts";
import { parseDocuments } from "./documents.ts";
import { misunderstoodMarks } from "./marks.ts";
import { resourcesOf } from "./resources.ts";

/** In bytes. An object in etcd is limited to 1.5 MB, and a request to the API server to 3 MB. */
export const maxFileSize = 64 * 1024 * 1024;

/**
 * The text of a file, or the problem if it cannot be read, is too large or is not UTF-8.
 *
 * @param path of the file.
 * @param file the path to report in the problem.
 */
export function readText(path: string, file: string): Decoded {
  try {
    return decode(readBytes(path, maxFileSize), file);
  } catch (error) {
    return { problem: unread(error, file) };
  }
}

let input: Promise<Decoded> | undefined;

/** As {@link readText}, for standard input. It is read once; later calls return the same. */
export function readStdin(): Promise<Decoded> {
  input ??= readAllInput();
  return input;
}

async function readAllInput(): Promise<Decoded> {
  try {
    return decode(await readInput(maxFileSize), "-");
  } catch (error) {
    return { problem: unread(error, "-") };
  }
}

function unread(error: unknown, file: string): LocatedProblem {
  const problem = { rule: "schema/parse-error", pointer: "", file, line: 1, column: 1 };
  if (error instanceof UserError) return { ...problem, message: error.message };
  if (!(error instanceof TooLarge)) throw error;
  const megabytes = Math.ceil(error.size / 1024 / 1024);
  const message = `too large to read: ${megabytes} MB, more than ${maxFileSize / 1024 / 1024} MB`;
  return { ...problem, message };
}

/** The resources of a decoded manifest file, each with its source, and the problems of the file. */
export function readManifest(
  decoded: Decoded,
  file: string,
): { readonly resources: readonly Resource[]; readonly problems: readonly LocatedProblem[] } {
  if ("problem" in decoded) return { resources: [], problems: [decoded.problem] };
  const parsed = parseDocuments(decoded.text, file);
  const { resources, problems } = resourcesOf(parsed.documents, file);
  return { resources, problems: [...parsed.problems, ...misunderstoodMarks(decoded.text, file), ...problems] };
}
