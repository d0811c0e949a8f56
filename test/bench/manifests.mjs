// The input for the benchmark of the validator: all manifests with a recorded verdict of a real API server
// (test/validate/verdicts), and a file of 6,000 resources as printed by kustomize.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { brotliDecompressSync } from "node:zlib";
import { dump } from "js-yaml";

const folder = new URL("../validate/verdicts/", import.meta.url);
const read = (name) => brotliDecompressSync(readFileSync(new URL(`${name}.br`, folder))).toString();

/** The recorded manifests as one YAML text. A number in each namespace keeps the objects distinct. */
export function judgedText() {
  return judged()
    .map((object, index) => {
      const { metadata } = object;
      if (typeof metadata?.namespace === "string") metadata.namespace += `-${index}`;
      return dump(object, { lineWidth: -1 });
    })
    .join("---\n");
}

/** The overlay `production`, rendered once and repeated under other namespaces. */
export function renderedText(kustomize, resources) {
  const text = execFileSync(kustomize, ["build", "overlays/production"], { encoding: "utf8" });
  const each = text.split(/^---$/m).length;
  const copies = Array.from({ length: Math.ceil(resources / each) }, (_, index) =>
    text.replaceAll("guestbook-production", `guestbook-${index}`),
  );
  return copies.join("---\n");
}

/** The recorded manifests: each is a seed with a change (an operation of RFC 6902). */
function judged() {
  const seeds = JSON.parse(read("seeds.json"));
  const lines = read("create.jsonl").split("\n").filter(Boolean);
  return lines.map((line) => {
    const { seed, op, path, value } = JSON.parse(line);
    return changed(seeds[seed], op, path, value);
  });
}

function changed(seed, op, path, value) {
  const copy = structuredClone(seed);
  const steps = path
    .split("/")
    .slice(1)
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
  const last = steps.pop();
  const holder = steps.reduce((at, step) => at[step], copy);
  if (!Array.isArray(holder)) {
    if (op === "remove") delete holder[last];
    else Object.defineProperty(holder, last, { value, writable: true, enumerable: true, configurable: true });
    return copy;
  }
  const index = last === "-" ? holder.length : Number(last);
  if (op === "remove") holder.splice(index, 1);
  else holder.splice(index, op === "add" ? 0 : 1, value);
  return copy;
}
