import { expect, test } from "vitest";
import { wordyDuration } from "../../tools/cel/schema-values.ts";
import { parseDuration as parseCelDuration } from "../../tools/cel/time.ts";
import { readImports } from "../../tools/config/imports.ts";
import { glob } from "../../tools/core/glob.ts";
import { resourceOf } from "../../tools/core/resource.ts";
import { hasVariable } from "../../tools/core/variable.ts";
import { repositoryContext } from "../../tools/gate/repository/context.ts";
import { closure } from "../../tools/load/closure.ts";
import { readKustomization } from "../../tools/load/kustomization.ts";
import { isRemote } from "../../tools/load/remote.ts";
import { unusedFiles } from "../../tools/load/unused.ts";
import { locateByEvents } from "../../tools/parse/locate.ts";
import { splitDocuments } from "../../tools/parse/split.ts";
import { parseKustomizeError } from "../../tools/render/kustomize-error.ts";
import { openPaths } from "../../tools/rules/lib/sync/sync.ts";
import { filled } from "../../tools/rules/lib/sync/template.ts";
import { Documents } from "../../tools/trace/source.ts";
import { podDefaults } from "../../tools/validate/stored/defaults-pod.ts";
import { parseDuration } from "../../tools/vocabulary/duration.ts";
import { pemBlocks } from "../../tools/vocabulary/pem.ts";
import { parseUrl } from "../../tools/vocabulary/url.ts";
import { configMap, tree } from "../load/tree.ts";
import { pod, said } from "../validate/subject.ts";

const many = 60_000;

/** Readers of text from pull requests, each with input that can cause catastrophic backtracking. */
const table: Readonly<Record<string, () => unknown>> = {
  "empty lines in a file that no kustomization lists": () => unused("\n".repeat(3000)),
  "spaces in a file that no kustomization lists": () => unused(`${" ".repeat(60_000)}x`),
  "comments with Windows line endings": () => [...splitDocuments(`${"# x\r\n".repeat(27)}a: 1\r\n---\r\n`)],
  "tabs in place of a document": () => new Documents({ file: "", text: `${"\t".repeat(many)}x` }).all(),
  "old Mac line endings before a block of text": () =>
    locateByEvents(`- '${">\t#\t".repeat(many)}'\r- |\n  text\n`)(["1"]),
  "spaces in an expression of an ApplicationSet": () => filled(`{{${" ".repeat(2500)}x`, {}),
  "braces in the path of a Kustomization": () => open(`\${${"{{".repeat(many)}`),
  "unterminated variables in the path of a Kustomization": () => open("${".repeat(many)),
  "stars in a pattern": () => glob(`${"*a".repeat(5)}b`).test("a".repeat(200)),
  "an unterminated Flux variable": () => hasVariable(`\${A${"0".repeat(many)}`),
  "the address of a base": () => isRemote("@".repeat(many)),
  "the address of a repository": async () => (await here()).owns(`${"/".repeat(many)}x`),
  "a module of policies": () => readImports(`${tree({ "a.ts": `from${"\n".repeat(many)}x` })}/a.ts`),
  durations: () => parseDuration(`00${"s000".repeat(15)}n`),
  "durations in CEL": () => parseCelDuration(`00${"s000".repeat(15)}n`),
  "durations in words": () => wordyDuration("0".repeat(many)),
  "IPv6 addresses": () => parseUrl(`http://[:${"%25".repeat(many)}\u2028]`),
  "PEM footers": () => pemBlocks("\n-----END ".repeat(many)),
  "PEM headers": () => pemBlocks("\n-----BEGIN \n-----END ".repeat(many)),
  "the name of an image": () => pullPolicy({ image: `${"a".repeat(many)}/` }),
  "the field reference of a variable": () =>
    said(pod({}, { env: [{ name: "A", valueFrom: { fieldRef: { fieldPath: "['".repeat(many) } } }] })),
  "the paths of a volume": () => said(pod({ volumes: [{ name: "a", configMap: { name: "a", items: slashes } }] })),
  "the output of kubectl": () => parseKustomizeError('E0000 a\n0 "] "command failed" err=<\n'.repeat(2500)),
  "objects that kustomize quotes": () => parseKustomizeError("map[string]interface {}{o".repeat(many)),
  "patches that kustomize quotes": () => parseKustomizeError("unable to parse SM or JSON patch from [".repeat(many)),
  "literals that kustomize quotes": () => parseKustomizeError(`${"invalid literal source v".repeat(many)}\n`),
};

const slashes = ["a", "b"].map((key) => ({ key, path: `${"/".repeat(many)}x` }));
const pullPolicy = podDefaults["core.v1.Container"]?.imagePullPolicy as (container: object) => unknown;

function unused(text: string): string[] {
  const root = tree({ "kustomization.yaml": "resources: [a.yaml]\n", "a.yaml": configMap("a"), "z.yaml": text });
  const kustomization = readKustomization(`${root}/kustomization.yaml`, "kustomization.yaml");
  return unusedFiles(kustomization, closure({ path: ".", kind: "kustomization" }, { cwd: root }), root);
}

function open(path: string): string[] {
  const resource = resourceOf({ apiVersion: "kustomize.toolkit.fluxcd.io/v1", kind: "Kustomization", spec: { path } });
  return openPaths({ targets: [{ syncs: [{ resource, folder: "." }] }] } as never);
}

const here = () => repositoryContext([], { root: "/", cwd: "/", urls: [], whole: true });

/** CPU time is measured, so that other work on the machine does not matter. */
test.each(Object.entries(table))("does not take long: %s", async (_, read) => {
  const start = process.cpuUsage();
  await read();
  expect(process.cpuUsage(start).user).toBeLessThan(2_000_000);
});
