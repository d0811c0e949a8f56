import { basename, join, relative, sep } from "node:path";
import { exists, listFiles, readText } from "../config/files.ts";
import type { Resource } from "../core/resource.ts";
import { readManifest } from "../parse/file.ts";

/** Manifests that a policy must find nothing in, or something. */
export interface Fixture {
  /** Id of the policy it is about. */
  readonly policy: string;
  /** Relative to the working directory. */
  readonly path: string;
  readonly expects: "pass" | "fail";
  /** The target that the manifests pretend to be rendered by: policies match targets by their paths. */
  readonly target: string;
  readonly text: string;
  readonly resources: readonly Resource[];
  /** What keeps it from being read. */
  readonly problems: readonly string[];
  /** Lines whose comment says `# <- family/name`: where the policy must find something, and nowhere else. */
  readonly marked: readonly number[];
}

/**
 * The fixtures of a folder of policies: `fixtures/<family>/<name>/pass*.yaml` and `fail*.yaml`. The first comment of one may
 * say which target it stands for: `# target: overlays/production`.
 */
export function fixturesIn(folder: string): Fixture[] {
  const top = join(folder, "fixtures");
  if (!exists(top)) return [];
  return listFiles(top).flatMap((path) => {
    const [family, name, file, ...deeper] = relative(top, path).split(sep);
    const expects = /^(pass|fail)[^/]*\.(?:ya?ml|json)$/.exec(file ?? "")?.[1];
    if (expects === undefined || deeper.length > 0) return [];
    return [readFixture(path, `${family}/${name}`, expects as Fixture["expects"])];
  });
}

function readFixture(path: string, policy: string, expects: Fixture["expects"]): Fixture {
  const text = readText(path);
  const shown = relative(process.cwd(), path);
  const { resources, problems } = readManifest({ text }, shown);
  return {
    policy,
    path: shown,
    expects,
    target: /^# target: (\S+)$/m.exec(text)?.[1] ?? basename(path).replace(/\.\w+$/, ""),
    text,
    resources,
    problems: problems.map(({ message }) => message),
    marked: marks(text, policy),
  };
}

function marks(text: string, policy: string): number[] {
  return text.split("\n").flatMap((line, index) => (line.trimEnd().endsWith(`# <- ${policy}`) ? [index + 1] : []));
}
