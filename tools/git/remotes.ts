import { basename, dirname, join } from "node:path";
import { readStart, tryKindOf } from "../system/disk.ts";
import { aspects, note } from "../system/observe.ts";
import { gitFolder } from "./folder.ts";

/** The URLs of Git's remotes; none without Git or remotes. @param top of the working tree */
export function remotesOf(top: string): string[] {
  note(join(top, ".git"), aspects.kind | aspects.content);
  const folder = gitFolder(top);
  if (folder === undefined) return [];
  // A linked working tree uses the configuration of its repository. https://git-scm.com/docs/gitrepository-layout
  const isLinked = basename(dirname(folder)) === "worktrees";
  const files = (isLinked ? ["config", "../../config"] : ["config"]).map((path) => join(folder, path));
  for (const file of files) note(file, aspects.kind | aspects.content);
  const present = files.filter((file) => tryKindOf(file) === "file");
  return present.flatMap((file) => urlsIn(readStart(file, maxSize)));
}

/** In bytes; more than a configuration with hundreds of branches has. */
const maxSize = 1 << 20;

/** The `url` of each section `[remote "name"]`. https://git-scm.com/docs/git-config#_syntax */
function urlsIn(configuration: string): string[] {
  const sections = configuration.split(/^[ \t]*(?=\[)/m).filter((section) => /^\[remote[ \t]+"/i.test(section));
  return sections.flatMap((section) =>
    [...section.matchAll(/^[ \t]*url[ \t]*=[ \t]*"?([^\r\n"#;]+)/gim)].map(([, url = ""]) =>
      url.trim().replaceAll("\\\\", "\\"),
    ),
  );
}
