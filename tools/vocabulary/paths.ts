import { type Format, format } from "./text.ts";

const hasBacksteps = (path: string) => path.split("/").includes("..");

/** A path without `..` (`validatePathNoBacksteps`). */
export const noBacksteps: Format = format(
  "a path without ..",
  "Write the path without ..",
  (path) => !hasBacksteps(path),
);

/** A path that begins with `/`. */
export const absolutePath: Format = format("an absolute path", "Begin it with /.", (path) => path.startsWith("/"));

/** A path below the place where it is used (`validateLocalDescendingPath`). */
export const descendingPath: Format = format(
  "a relative path without ..",
  "Write it without a / at its beginning, and without ..",
  (path) => !path.startsWith("/") && !hasBacksteps(path),
);

/** The same, and its name does not begin with two dots, which the kubelet keeps for itself (`ValidateLocalNonReservedPath`). */
export const localPath: Format = format(
  "a relative path that does not begin with ..",
  "Write it without a / or two dots at its beginning, and without ..",
  (path) => descendingPath.fits(path) && !path.startsWith(".."),
);
