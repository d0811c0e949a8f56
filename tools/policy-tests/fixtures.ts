import { basename, join, relative, sep } from "node:path";
import { exists, listFiles, readText } from "../config/files.ts";
import { groupBy } from "../core/group.ts";
import type { Resource } from "../core/resource.ts";
import { readManifest } from "../parse/file.ts";

/** Manifests in which a policy must find nothing, or something. */
export interface Fixture {
  /** The id of the policy that it tests. */
  readonly policy: string;
  /** The path, relative to the working directory. */
  readonly path: string;
  readonly expects: "pass" | "fail";
  /** The path of the target that the manifests belong to, which policies match. */
  readonly target: string;
  readonly text: string;
  readonly resources: readonly Resource[];
  /** The errors of reading it. */
  readonly problems: readonly string[];
  /** The lines marked with the comment `# <- family/name`, the only ones on which the policy must find something. */
  readonly marked: readonly number[];
}

/** A small repository for tests that need kustomizations or several targets. */
export interface RepositoryFixture extends Pick<Fixture, "policy" | "path" | "expects"> {
  /** The absolute path of the repository. */
  readonly folder: string;
  /** The marked places, relative to the folder: `overlays/a/kustomization.yaml:3`. */
  readonly marked: readonly string[];
}

/** The repository fixtures of a folder of policies: the folders `fixtures/<family>/<name>/pass*` and `fail*`. */
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
 * The manifest fixtures of a folder of policies: `fixtures/<family>/<name>/pass*.yaml` and `fail*.yaml`. A fixture can
 * set its target with a comment: `# target: overlays/production`.
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
