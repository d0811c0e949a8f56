// Compiles JSON Schemas when the toolchain is built, so that nobody waits for it when it runs: an import of
// `x.schema.json?validate` becomes the module that ajv's standalone code generator makes of that schema. A plugin for
// rolldown and, since vitest builds on the same interface, for the tests.
// https://ajv.js.org/standalone.html
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, resolve } from "node:path";
import { Ajv } from "ajv";
import standalone from "ajv/dist/standalone/index.js";

const suffix = "?validate";
const require = createRequire(import.meta.url);

export function schemas() {
  return {
    name: "schemas",
    resolveId(id, importer) {
      if (!id.endsWith(suffix)) return null;
      const path = id.slice(0, -suffix.length);
      return (path.startsWith(".") ? resolve(dirname(importer), path) : require.resolve(path)) + suffix;
    },
    load(id) {
      if (!id.endsWith(suffix)) return null;
      const schema = JSON.parse(readFileSync(id.slice(0, -suffix.length), "utf8"));
      const ajv = new Ajv({
        strict: true,
        strictRequired: false,
        allowUnionTypes: true,
        allErrors: true,
        verbose: true,
        // Only the meta-schema uses formats, and what is no pattern is refused when it is compiled.
        validateFormats: false,
        meta: schema.$id !== "http://json-schema.org/draft-07/schema#",
        code: { source: true, esm: true },
      });
      return { code: standalone.default(ajv, ajv.compile(schema)), moduleType: "js" };
    },
  };
}
