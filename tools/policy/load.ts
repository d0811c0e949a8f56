import { extname, relative, sep } from "node:path";
import { filesAndLinks, readText } from "../config/files.ts";
import { leadsOut, topOf } from "../config/inside.ts";
import { importModule } from "../config/modules.ts";
import { demand, errorAt } from "../config/schema-errors.ts";
import { parseSettings } from "../config/settings.ts";
import { UserError } from "../core/errors.ts";
import { isEntered } from "../load/folder-tree.ts";
import { realPath, tryKindOf } from "../system/disk.ts";
import type { Policy } from "./define.ts";
import { keywordErrors } from "./keywords.ts";
import validate from "./policy.schema.json?validate";

const functions = ["check", "checkTarget", "checkKustomization", "checkRepository"] as const;
const data = new Set([".yaml", ".yml", ".json"]);
const modules = new Set([".js", ".mjs", ".ts", ".mts"]);
/** Code that cannot be imported as a module of policies. */
const others = new Set([".cjs", ".cts", ".jsx", ".tsx"]);

/**
 * Reads all policies in a folder and its subfolders: data (YAML, JSON), and modules that export policies. Folders named
 * `fixtures` hold examples, not policies. A link counts as the file of the repository that it leads to; links whose names
 * begin with a dot belong to editors and are skipped.
 *
 * @param root folder of gitops.yaml, where compiled modules are
 * @param except absolute paths of files that are not policies (waivers, contracts)
 * @param top root of the repository, which links must not lead out of
 * @throws UserError for an invalid policy, and for a folder without policies.
 */
export async function loadPolicies(
  folder: string,
  root: string,
  except: ReadonlySet<string>,
  top = topOf(folder),
): Promise<Policy[]> {
  const policies: Policy[] = [];
  for (const { path, link } of filesAndLinks(folder)) {
    const way = relative(folder, path).split(sep);
    if (except.has(path) || way.includes("fixtures")) continue;
    if (!link) policies.push(...(await readPolicies(path, root)));
    else if (way.every(isEntered)) policies.push(...(await readPolicies(placeOf(path, top), root)));
  }
  if (policies.length === 0) throw new UserError(`${shown(folder)} has no policy: no .yaml, .json, .js or .ts file`);
  return policies;
}

/** The file that a link leads to: a module imports from there. @throws UserError if it leads to anything else */
function placeOf(link: string, top: string): string {
  const place = realPath(link);
  if (place === undefined) throw new UserError(`${shown(link)} is a broken link: correct it, or remove it`);
  if (leadsOut(top, link))
    throw new UserError(`${shown(link)} is a link that leads out of the repository; only policies in it are read`);
  if (tryKindOf(place) === "file") return place;
  throw new UserError(
    `${shown(link)} is a link to a folder, which is not followed: list that folder under policies in gitops.yaml, or link its files`,
  );
}

async function readPolicies(path: string, root: string): Promise<Policy[]> {
  const extension = extname(path);
  if (data.has(extension)) {
    const text = readText(path);
    return [checked(parseSettings(text, shown(path)), shown(path), text)];
  }
  if (others.has(extension))
    throw new UserError(
      `${shown(path)} cannot export policies: use a module that ends in .mjs, .js, .mts or .ts, or move it elsewhere`,
    );
  if (!modules.has(extension) || path.endsWith(".d.ts")) return [];
  // A module may export one policy under two names.
  const exported = [...new Set(Object.values(await importModule(path, root)).flat())];
  if (exported.length === 0)
    throw new UserError(`${shown(path)} exports no policy: export const policy = definePolicy({ … })`);
  return exported.map((value) => checked(value, shown(path)));
}

function shown(path: string): string {
  return relative(process.cwd(), path) || ".";
}

/** The file of each policy, for the error about duplicate ids. */
const origins = new WeakMap<Policy, string>();

function checked(value: unknown, path: string, text?: string): Policy {
  demand(validate, value, path, text);
  const policy = withSeverity(value as Policy, path);
  origins.set(policy, path);
  for (const name of functions) {
    if (policy[name] !== undefined && typeof policy[name] !== "function")
      throw errorAt(
        { pointer: `/${name}`, message: "it must be a function, which only a module can export" },
        path,
        text,
      );
  }
  const ways = ["schema", "cases", policy.deny ? "deny" : "warn", ...functions] as const;
  if (ways.filter((name) => policy[name] !== undefined).length !== 1) {
    throw new UserError(
      `${path}: ${policy.id} needs exactly one of schema, cases, deny or warn, ${functions.join(", ")}`,
    );
  }
  const [error] = [
    ...keywordErrors(policy.schema, "/schema"),
    ...(policy.cases ?? []).flatMap(({ schema }, index) => keywordErrors(schema, `/cases/${index}/schema`)),
    ...(["deny", "warn"] as const).flatMap((list) =>
      (policy[list] ?? []).flatMap(({ when }, index) => keywordErrors(when, `/${list}/${index}/when`)),
    ),
  ];
  if (error !== undefined) throw errorAt(error, path, text);
  return policy;
}

/** Sets the severity that `deny` or `warn` implies. */
function withSeverity(policy: Policy, path: string): Policy {
  const own = policy.deny ? "error" : policy.warn && "warning";
  if (own !== undefined && (policy.severity ?? own) !== own)
    throw new UserError(
      `${path}: leave out severity in ${policy.id}: what it denies is an error, what it warns about is a warning`,
    );
  if (own === undefined && policy.severity === undefined) throw new UserError(`${path}: "severity" is missing`);
  return own === undefined ? policy : { ...policy, severity: own };
}

/** Checks the policies of one run, from all folders. @throws UserError if two have the same id. */
export function unique(policies: readonly Policy[]): Policy[] {
  const seen = new Map<string, Policy>();
  for (const policy of policies) {
    const other = seen.get(policy.id);
    if (other !== undefined) {
      const places = [...new Set([other, policy].map((one) => origins.get(one) ?? "a policy"))].join(" and ");
      throw new UserError(`${places}: two policies have the id ${policy.id}; change one of them`);
    }
    seen.set(policy.id, policy);
  }
  return [...policies];
}
