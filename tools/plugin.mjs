// A plugin that does at build time what the toolchain then need not do at run time. It works in rolldown and, because vitest
// has the same interface, in the tests. Schemas are compiled by https://ajv.js.org/standalone.html
//
// - `x?rules` becomes the list of the rules that the files of the folder x export;
// - `x.schema.json?validate` becomes the module that ajv's standalone code generator produces for that schema;
// - `policies?validators` becomes a map for this repository's YAML and JSON policies: from a schema, as JSON, to its validator;
// - `build?id` becomes an id of this build: results that another build has cached are not used.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Ajv } from "ajv";
import standalone from "ajv/dist/standalone/index.js";
import { parse } from "yaml";
import { filesBelow } from "./fresh.mjs";
import { policyOptions } from "./policy/ajv-options.mjs";

const suffix = "?validate";
const ofRules = "?rules";
const ofPolicies = "policies?validators";
const ofBuild = "build?id";
const policies = fileURLToPath(new URL("../policies", import.meta.url));
const require = createRequire(import.meta.url);

/** The plugin for rolldown and vitest. */
export function plugin() {
  return {
    name: "guestbook-gitops",
    resolveId(id, importer) {
      if (id === ofPolicies || id === ofBuild) return id;
      if (id.endsWith(ofRules)) return resolve(dirname(importer), id);
      if (!id.endsWith(suffix)) return null;
      const path = id.slice(0, -suffix.length);
      return (path.startsWith(".") ? resolve(dirname(importer), path) : require.resolve(path)) + suffix;
    },
    load(id) {
      if (id === ofPolicies) return { code: validators(), moduleType: "js" };
      if (id === ofBuild) return { code: `export const build = ${JSON.stringify(buildId())};`, moduleType: "js" };
      if (id.endsWith(ofRules)) return { code: rulesIn(id.slice(0, -ofRules.length)), moduleType: "js" };
      if (!id.endsWith(suffix)) return null;
      return { code: validator(JSON.parse(readFileSync(id.slice(0, -suffix.length), "utf8"))), moduleType: "js" };
    },
  };
}

/** Code for the list of the rules in a folder, in the order of its files: whatever they export that has an id. */
function rulesIn(folder) {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith(".ts"))
    .sort();
  const imports = files.map((name, index) => `import * as file${index} from ${JSON.stringify(join(folder, name))};`);
  const modules = files.map((_, index) => `file${index}`);
  return `${imports.join("\n")}\nexport default [${modules.join(", ")}].flatMap((file) => Object.values(file)).filter(({ id }) => id);\n`;
}

function validator(schema) {
  const ajv = new Ajv({
    strict: true,
    strictRequired: false,
    allowUnionTypes: true,
    allErrors: true,
    verbose: true,
    // Only the meta-schema uses formats, and an invalid pattern is rejected when it is compiled.
    validateFormats: false,
    meta: schema.$id !== "http://json-schema.org/draft-07/schema#",
    code: { source: true, esm: true },
  });
  return standalone.default(ajv, ajv.compile(schema));
}

/** A digest of all sources and of the versions of the build tools. */
function buildId() {
  const root = fileURLToPath(new URL("..", import.meta.url));
  const files = ["tools", "policies"].flatMap((folder) =>
    filesBelow(join(root, folder)).map((file) => join(root, folder, file)),
  );
  const sum = createHash("sha256");
  const lock = ["package.json", "package-lock.json"].map((name) => join(root, name)).filter((path) => existsSync(path));
  for (const file of [...files.sort(), ...lock]) sum.update(relative(root, file)).update(readFileSync(file));
  return sum.digest("base64url").slice(0, 22);
}

/** Code for the map of policy schemas. A schema that does not compile is left out: the gate reports it at run time. */
function validators() {
  const ajv = new Ajv({ ...policyOptions, code: { source: true, esm: true } });
  const names = new Map();
  for (const schema of policySchemas()) {
    const key = JSON.stringify(schema);
    if (names.has(key)) continue;
    const name = `policy${names.size}`;
    try {
      ajv.addSchema(schema, name);
      ajv.getSchema(name);
      names.set(key, name);
    } catch {
      ajv.removeSchema(name);
    }
  }
  const exported = Object.fromEntries([...names.values()].map((name) => [name, name]));
  const entries = [...names].map(([key, name]) => `[${JSON.stringify(key)}, ${name}]`);
  return `${names.size > 0 ? standalone.default(ajv, exported) : ""}\nexport const compiled = new Map([${entries.join(", ")}]);\n`;
}

function policySchemas() {
  const files = readdirSync(policies, { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile() && /\.(?:ya?ml|json)$/.test(entry.name),
  );
  return files.flatMap(({ parentPath, name }) => {
    const policy = read(join(parentPath, name));
    const parts = [policy?.cases, policy?.deny, policy?.warn].filter(Array.isArray).flat();
    return [policy?.schema, ...parts.map((one) => one?.schema ?? one?.when)].filter((schema) => schema !== undefined);
  });
}

/** Undefined for a file that does not parse: the gate reports it. */
function read(path) {
  try {
    return parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}
