import { basename, join, relative, sep } from "node:path";
import { exists, listFiles, readText } from "../config/files.ts";
import { groupBy } from "../core/group.ts";
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

/** A small repository of the same sort, for what no file of manifests can hold: a kustomization, or targets beside each other. */
export interface RepositoryFixture extends Pick<Fixture, "policy" | "path" | "expects"> {
  /** Absolute. */
  readonly folder: string;
  /** Places with such a comment, relative to the folder: `overlays/a/kustomization.yaml:3`. */
  readonly marked: readonly string[];
}

/** Those of a folder of policies: `fixtures/<family>/<name>/pass*` and `fail*`, a folder each. */
export function repositoriesIn(policies: string): RepositoryFixture[] {
  const top = join(policies, "fixtures");
  const all = exists(top) ? listFiles(top).map((path) => ({ path, parts: relative(top, path).split(sep) })) : [];
  const within = all.filter(({ parts: [, , name = ""], parts }) => parts.length > 3 && /^(?:pass|fail)/.test(name));
  return [...groupBy(within, ({ parts }) => parts.slice(0, 3).join("/"))].map(([id, files]) => {
    const [family, name, own = ""] = id.split("/");
    const [policy, folder] = [`${family}/${name}`, join(top, id)];
    const marked = files.flatMap(({ path, parts }) =>
      marks(readText(path), policy).map((line) => `${parts.slice(3).join("/")}:${line}`),
    );
    const expects = own.startsWith("pass") ? "pass" : "fail";
    return { policy, path: relative(process.cwd(), folder), expects, folder, marked };
  });
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
