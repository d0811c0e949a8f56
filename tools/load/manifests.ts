import { basename, dirname, join } from "node:path";
import { parseDocuments } from "../parse/documents.ts";
import { maxFileSize, readText } from "../parse/file.ts";
import { readStart, tryKindOf } from "../system/disk.ts";

/** Whether a file name has a YAML or JSON extension. */
export function isManifestName(name: string): boolean {
  return /\.(?:ya?ml|json)$/i.test(name);
}

/**
 * Whether Argo CD evaluates a file of this name in a folder of manifests; a `.libsonnet` is only imported.
 * https://argo-cd.readthedocs.io/en/stable/user-guide/jsonnet/
 */
export function isJsonnet(name: string): boolean {
  return name.endsWith(".jsonnet") && !name.startsWith(".");
}

/** Bytes from the start of a file that nearly always suffice to recognize a manifest. */
export const enough = 64 * 1024;

/**
 * Whether a file found in a folder looks like a manifest: one of its documents sets apiVersion or kind at the top
 * level, and is not a list, as JSON patches and playbooks are. Chart values, which set both in nested objects,
 * package.json, and files with numeric versions (Grafana's provisioning has `apiVersion: 1`) do not match. A file that
 * the user names explicitly is a manifest whatever it contains.
 */
export function isManifestFile(path: string): boolean {
  return isManifest(startOf(path));
}

/**
 * Whether a file that was found, not named, is a manifest to check: not the settings of a program, and not a template.
 *
 * @param shown relative to the working directory
 */
export function isTargetFile(path: string, shown: string): boolean {
  const start = startOf(path);
  return holdsObject(start) && !isTemplate(path, shown, start);
}

/** Whether a file that was found is a manifest template. @param shown relative to the working directory */
export function isTemplateFile(path: string, shown: string): boolean {
  const start = startOf(path);
  return holdsObject(start) && isTemplate(path, shown, start);
}

/** Whether at least one document is meant for an API server. */
function holdsObject(start: string): boolean {
  return start.split(separator).some((document) => isManifest(document) && !isOfProgram(document));
}

/** Whether a text looks like manifests but contains only the settings of programs. */
export function isSettings(text: string): boolean {
  const documents = text.split(separator).filter(isManifest);
  return documents.length > 0 && documents.every(isOfProgram);
}

/** Between documents, alone on its line. */
const separator = /^---[ \t\r]*(?:#[^\n]*)?$/m;

function isManifest(start: string): boolean {
  const { indent, first } = beginOf(start);
  if (first === "[" || first === "-") return false;
  if (first !== "{") return ownKey(indent).test(start);
  const keys = keysOfJson(start);
  return keys === undefined ? anyKey.test(start) : keys.includes("apiVersion") || keys.includes("kind");
}

/** The top-level keys of a JSON object, which may be truncated; undefined for YAML, or several objects. */
function keysOfJson(start: string): string[] | undefined {
  try {
    const value: unknown = JSON.parse(start);
    return typeof value === "object" && value !== null ? Object.keys(value) : [];
  } catch {
    return keysSoFar(start);
  }
}

/** The top-level keys of a truncated JSON object; undefined if the object is complete, or the text is not JSON. */
function keysSoFar(start: string): string[] | undefined {
  const keys: string[] = [];
  let depth = 0;
  for (let at = 0; at < start.length; at++) {
    const character = start[at] ?? "";
    if (character === '"') {
      const end = endOfString(start, at);
      if (depth === 1 && /^\s*:/.test(start.slice(end + 1, end + 100))) keys.push(start.slice(at + 1, end));
      at = end;
    } else if (character === "{" || character === "[") depth++;
    else if (character === "}" || character === "]") depth--;
    // Characters of numbers, true, false and null.
    else if (!/[\s,:\d.+eE\-truefalsn]/.test(character)) return undefined;
    if (depth === 0 && at >= start.search(/\S/)) return undefined;
  }
  return keys;
}

function endOfString(text: string, at: number): number {
  let end = at + 1;
  while (end < text.length && text[end] !== '"') end += text[end] === "\\" ? 2 : 1;
  return end;
}

/**
 * Whether a document looks like a manifest but contains the settings of a program, for which no API server has a kind:
 * a cluster for kind or eksctl, an entry in Backstage's catalog, a kubeconfig, the index of a chart repository.
 */
function isOfProgram(document: string): boolean {
  const [kind, version, metadata] = ["kind", "apiVersion", "metadata"].map((key) => textOf(document, key));
  // Omni's cluster templates: https://docs.siderolabs.com/omni/reference/cluster-templates; Codefresh's pipelines:
  // https://codefresh.io/docs/docs/integrations/codefresh-api/#full-pipeline-specification
  if (version === undefined) return metadata === undefined || /^[a-z]/.test(kind ?? "");
  if (version === "v1")
    return kind === "Config" || (kind === undefined && kindless.some((key) => textOf(document, key) !== undefined));
  // The core API group has only v1: other versions are used by Talos and the OpenShift installer.
  if (!version.includes("/")) return metadata === undefined || kind === "AgentConfig";
  const group = version.split("/")[0] ?? "";
  return programs.has(group) || programs.has(`${kind}.${group}`);
}

/**
 * Keys of files with `apiVersion: v1` that have no kind: the OpenShift installer's settings, and the index of a chart
 * repository. https://helm.sh/docs/topics/chart_repository/#the-index-file
 */
const kindless = ["baseDomain", "entries"];

/** The literal value of a document's top-level key; in flow style, of the first such key at any depth. */
function textOf(document: string, key: string): string | undefined {
  const { indent, first } = beginOf(document);
  const before = first === "{" ? "(?:^|[\\s{,])" : `^${indent}`;
  return new RegExp(`${before}["']?${key}["']?\\s*:[ \\t]*["']?([^\\s"'#,}]*)`, "m").exec(document)?.[1];
}

/**
 * API groups of programs' settings; with its kind, a group that also has objects. https://skaffold.dev/docs/references/yaml/,
 * https://kind.sigs.k8s.io/docs/user/configuration/,
 * https://backstage.io/docs/features/software-catalog/descriptor-format,
 * https://kubernetes.io/docs/reference/config-api/, https://tanka.dev/config/,
 * https://sdk.operatorframework.io/docs/testing-operators/scorecard/,
 * https://docs.crossplane.io/latest/packages/configurations/,
 * https://krew.sigs.k8s.io/docs/developer-guide/plugin-manifest/, https://carvel.dev/kapp/docs/latest/config/,
 * https://open-policy-agent.github.io/gatekeeper/website/docs/gator/,
 * https://cluster-api.sigs.k8s.io/developer/providers/contracts/clusterctl#metadata-yaml,
 * https://docs.score.dev/docs/score-specification/
 */
const programs = new Set([
  "skaffold",
  "kind.x-k8s.io",
  "k3d.io",
  "ctlptl.dev",
  "eksctl.io",
  "tanka.dev",
  "backstage.io",
  "scaffolder.backstage.io",
  "kuttl.dev",
  "chainsaw.kyverno.io",
  "cli.kyverno.io",
  "scorecard.operatorframework.io",
  "meta.pkg.crossplane.io",
  "mirror.openshift.io",
  "schema.plugin.fluxcd.io",
  "krew.googlecontainertools.github.com",
  "score.dev",
  "kapp.k14s.io",
  "test.gatekeeper.sh",
  "gator.gatekeeper.sh",
  "Metadata.clusterctl.cluster.x-k8s.io",
  "client.authentication.k8s.io",
  "kubeadm.k8s.io",
  "kubelet.config.k8s.io",
  "kubeproxy.config.k8s.io",
  "kubescheduler.config.k8s.io",
  "apiserver.config.k8s.io",
  "apiserver.k8s.io",
  "audit.k8s.io",
]);

/**
 * Whether a file must be filled in by a program first: its name says so, a test uses it, or it contains statements of a template
 * language that make it invalid YAML, unlike statements in a string. An unquoted value in braces is not enough: in an
 * ApplicationSet, it is a mistake.
 */
function isTemplate(path: string, shown: string, start: string): boolean {
  if (isNamedTemplate(shown) || isOfTest(path)) return true;
  if (!statement.test(start)) return false;
  const read = readText(path, path);
  return "text" in read && parseDocuments(read.text, path).problems.length > 0;
}

/**
 * Whether a test compares a file with objects in the cluster, or fills in its expressions: the files of KUTTL's steps
 * `assert` and `errors`, and all files of a Chainsaw test. https://kuttl.dev/docs/kuttl-test-harness.html,
 * https://kyverno.github.io/chainsaw/latest/quick-start/first-test/
 */
function isOfTest(path: string): boolean {
  const [folder, name] = [dirname(path), basename(path)];
  return ofStep.test(name) || chainsawTests.some((test) => tryKindOf(join(folder, test)) === "file");
}

const ofStep = /^\d+-(?:assert|errors)\.ya?ml$/;
const chainsawTests = ["chainsaw-test.yaml", "chainsaw-test.yml"];

/** Whether a file's path says that it is a template. @param shown relative to the working directory */
export function isNamedTemplate(shown: string): boolean {
  return templateName.test(shown) || templatesOfRole.test(shown);
}

/** Usual names of FreeMarker, Jinja and Go templates. */
const templateName = /\.(?:ftl|j2|(?:go)?tmpl|tpl)\.\w+$/i;

/** https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_reuse_roles.html#role-directory-structure */
const templatesOfRole = /(?:^|\/)roles\/[^/]+\/templates\//;

/** At the beginning of a line, `{% if`, `{{- if` and `<#if`. */
const statement =
  /^[ \t]*(?:\{[%#]|\{\{[-~]?[ \t]*(?:(?:if|else|end|range|with|define|template|include|block)\b|[#/$])|<\/?#)/m;

/** The start of a file; the whole file if the start, perhaps a long comment, does not show a manifest. */
function startOf(path: string): string {
  const start = readStart(path, enough);
  const isCut = start.length === enough && !plain(start).split(separator).some(isManifest);
  return plain(isCut ? readStart(path, maxFileSize) : start);
}

function plain(bytes: string): string {
  return bytes.replace(byteOrderMark, "").replaceAll("\0", "");
}

/** The UTF-8 and UTF-16 marks, decoded byte by byte. */
const byteOrderMark = /^(?:\xEF\xBB\xBF|\xFF\xFE|\xFE\xFF)/;

/**
 * A document's indentation and its first character if it opens a list or braces, after comments, empty lines and `---`.
 */
function beginOf(text: string): { readonly indent: string; readonly first: string } {
  let at = 0;
  for (let end = text.indexOf("\n"); end >= 0 && empty.test(text.slice(at, end)); end = text.indexOf("\n", at))
    at = end + 1;
  begin.lastIndex = at;
  const [, indent = "", first = ""] = begin.exec(text) ?? [];
  return { indent, first };
}

const empty = /^(?:[ \t\r]*(?:#.*)?|---.*)$/;
/** The indentation becomes part of a pattern, whose size is limited. */
const begin = /([ \t]{0,1000})([[{]|-(?=\s))?/y;

/** In JSON, indentation has no meaning. */
const anyKey = /(?:^|[\s{,])["']?(?:apiVersion|kind)["']?\s*:/m;

/** Only at the document's own indentation: deeper keys belong to nested objects. */
function ownKey(indent: string): RegExp {
  return new RegExp(`^${indent}(["']?)(?:apiVersion\\1\\s*:(?!\\s*\\d+\\s*(?:#.*)?$)|kind\\1\\s*:)`, "m");
}
