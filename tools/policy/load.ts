import { extname, relative, sep } from "node:path";
import { listFiles, readText } from "../config/files.ts";
import { importModule } from "../config/modules.ts";
import { demand, errorAt } from "../config/schema-errors.ts";
import { parseSettings } from "../config/settings.ts";
import { UserError } from "../core/errors.ts";
import type { Policy } from "./define.ts";
import { keywordErrors } from "./keywords.ts";
import validate from "./policy.schema.json?validate";

const functions = ["check", "checkTarget", "checkKustomization", "checkRepository"] as const;
const data = new Set([".yaml", ".yml", ".json"]);
const modules = new Set([".js", ".mjs", ".ts", ".mts"]);

/**
 * Reads every policy of a folder and those below it: data (YAML, JSON), and modules whose exports are policies. Folders
 * called `fixtures` hold examples, not policies.
 *
 * @param root folder of gitops.yaml, where compiled modules are
 * @param except absolute paths of files that are no policies (waivers, contracts)
 * @throws UserError for a file that is no policy, an id that is taken, a schema that is none.
 */
export async function loadPolicies(folder: string, root: string, except: ReadonlySet<string>): Promise<Policy[]> {
  const policies: Policy[] = [];
  for (const path of listFiles(folder)) {
    if (except.has(path) || relative(folder, path).split(sep).includes("fixtures")) continue;
    policies.push(...(await readPolicies(path, root)));
  }
  if (policies.length === 0) throw new UserError(`${shown(folder)} holds no policy: no .yaml, .json, .js or .ts file`);
  return policies;
}

async function readPolicies(path: string, root: string): Promise<Policy[]> {
  const extension = extname(path);
  if (data.has(extension)) {
    const text = readText(path);
    return [checked(parseSettings(text, shown(path)), shown(path), text)];
  }
  if (!modules.has(extension) || path.endsWith(".d.ts")) return [];
  // A module may export one policy by two names.
  const exported = [...new Set(Object.values(await importModule(path, root)).flat())];
  if (exported.length === 0)
    throw new UserError(`${shown(path)} exports no policy: export const policy = definePolicy({ … })`);
  return exported.map((value) => checked(value, shown(path)));
}

function shown(path: string): string {
  return relative(process.cwd(), path) || ".";
}

/** Where each policy was read from, for the error about two. */
const origins = new WeakMap<Policy, string>();

function checked(value: unknown, path: string, text?: string): Policy {
  demand(validate, value, path, text);
  const policy = withSeverity(value as Policy, path);
  origins.set(policy, path);
  for (const name of functions) {
    if (policy[name] !== undefined && typeof policy[name] !== "function")
      throw errorAt({ pointer: `/${name}`, message: "it is a function, which a module can export" }, path, text);
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

/** What a policy denies is an error, what it warns of a warning: it need not say so again. */
function withSeverity(policy: Policy, path: string): Policy {
  const own = policy.deny ? "error" : policy.warn && "warning";
  if (own !== undefined && (policy.severity ?? own) !== own)
    throw new UserError(
      `${path}: what ${policy.id} denies is an error, what it warns of a warning: leave out severity`,
    );
  if (own === undefined && policy.severity === undefined) throw new UserError(`${path}: "severity" is missing`);
  return own === undefined ? policy : { ...policy, severity: own };
}

/** Policies of one run, of all folders. @throws UserError when two have the same id. */
export function unique(policies: readonly Policy[]): Policy[] {
  const seen = new Map<string, Policy>();
  for (const policy of policies) {
    const other = seen.get(policy.id);
    if (other !== undefined) {
      const places = [...new Set([other, policy].map((one) => origins.get(one) ?? "a policy"))].join(" and ");
      throw new UserError(`${places}: two policies have the id ${policy.id}; give one of them another`);
    }
    seen.set(policy.id, policy);
  }
  return [...policies];
}
