import { append } from "../core/append.ts";
import { listed } from "../core/listed.ts";
import type { LocatedProblem, Resource, Target } from "../core/resource.ts";
import { filesIn } from "../load/manifest-targets.ts";
import { isTemplateFile } from "../load/manifests.ts";
import { broken, outside } from "../load/messages.ts";
import { isInside, rootOf, shown, type Workspace } from "../load/paths.ts";
import type { Decoded } from "../parse/decode.ts";
import { readManifest, readStdin, readText } from "../parse/file.ts";
import { brokenLinkAt, realPath } from "../system/disk.ts";
import { emptyRender } from "./empty.ts";
import type { Made } from "./rendering.ts";

/** The resources of plain manifests: of a file, a folder or standard input. */
export async function manifests(target: Target, workspace: Workspace): Promise<Made> {
  const resources: Resource[] = [];
  const problems: LocatedProblem[] = [];
  let unfilled: string[] = [];
  const take = (read: Decoded, file: string) => {
    const found = readManifest(read, file);
    for (const resource of found.resources) resources.push(resource);
    append(problems, found.problems);
  };
  if (target.kind === "stdin") take(await readStdin(), "-");
  else {
    const files = filesIn(target, workspace);
    for (const path of files.manifests) take(readInside(path, target, workspace), shown(workspace.cwd, path));
    const others = files.others.map((path) => ({ path, file: shown(workspace.cwd, path) }));
    if (others.length > 0) problems.push(passedOver(others.map(({ file }) => file)));
    const templates = others.filter(({ path, file }) => isTemplateFile(path, file)).map(({ file }) => file);
    unfilled = [...templates, ...files.jsonnet.map((path) => shown(workspace.cwd, path))];
  }
  if (resources.length === 0 && problems.length === 0) problems.push(emptyRender(target.path));
  const failures = problems.filter(({ rule, severity }) => rule !== "schema/duplicate-key" && severity !== "info");
  const unread = [...unfilled, ...failures.flatMap(({ file }) => file ?? [])];
  const failed = failures.length > 0;
  return { resources, problems, failed, unread, passing: false, kustomize: undefined, closure: undefined };
}

/**
 * Reads a file inside the repository only: a link in a pull request may point anywhere on the machine that checks it.
 */
function readInside(path: string, target: Target, workspace: Workspace): Decoded {
  const file = shown(workspace.cwd, path);
  const root = rootOf(workspace, target.path);
  const link = brokenLinkAt(path);
  if (link === undefined && isInside(root, realPath(path) ?? path)) return readText(path, file);
  const words =
    link === undefined ? outside(file, shown(realPath(workspace.cwd) ?? workspace.cwd, root)) : broken(file, link);
  return { problem: { ...words, pointer: "", file, line: 1, column: 1 } };
}

/** Reports the settings of programs and the templates that were skipped in a discovered folder. */
function passedOver(files: readonly string[]): LocatedProblem {
  const [file = ""] = files;
  return {
    rule: "schema/parse-error",
    severity: "info",
    pointer: "",
    message: `skipped settings of programs and templates, which are not manifests: ${listed(files)}`,
    help: "To check them, set targets in gitops.yaml to the folders or files that are applied.",
    file,
  };
}
