import { type Format, format } from "./text.ts";

const hasBacksteps = (path: string) => path.split("/").includes("..");

/** A path without `..` (`validatePathNoBacksteps`). */
export const noBacksteps: Format = format(
  "a path without ..",
  "Remove .. from the path.",
  (path) => !hasBacksteps(path),
  "contains ..",
);

/** A path that starts with `/`. */
export const absolutePath: Format = format("an absolute path", "Start the path with /.", (path) =>
  path.startsWith("/"),
);

/** A path that stays below the directory where it is used (`validateLocalDescendingPath`). */
export const descendingPath: Format = format(
  "a relative path without ..",
  "Remove .. and any leading / from the path.",
  (path) => !path.startsWith("/") && !hasBacksteps(path),
);

/** A descending path that does not start with two dots, which the kubelet reserves (`ValidateLocalNonReservedPath`). */
export const localPath: Format = format(
  "a relative path without .. or two leading dots",
  "Remove .. and any leading / or double dot from the path.",
  (path) => descendingPath.fits(path) && !path.startsWith(".."),
);
