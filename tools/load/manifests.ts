import { parseDocuments } from "../parse/documents.ts";
import { maxFileSize, readText } from "../parse/file.ts";
import { readStart } from "../system/disk.ts";

/** Whether a file's name is that of YAML or JSON. */
export function isManifestName(name: string): boolean {
  return /\.(?:ya?ml|json)$/i.test(name);
}

/** Bytes of a file in which a manifest shows itself, nearly always. */
const enough = 64 * 1024;

/**
 * Whether a file of a folder means to be a manifest: a document of it sets apiVersion or kind itself, and it is no list, as
 * JSON patches and playbooks are. Values of charts, which say both deeper down, package.json and what counts its
 * versions (Grafana's provisioning has `apiVersion: 1`) do not. A file that is named itself is a manifest whatever it holds.
 */
export function isManifestFile(path: string): boolean {
  return isManifest(startOf(path));
}

/**
 * Whether such a file is one of its own accord, where nobody named it: not the settings of a program, and no template.
 *
 * @param shown relative to the working directory
 */
export function isTargetFile(path: string, shown: string): boolean {
  const start = startOf(path);
  return holdsObject(start) && !isTemplate(path, shown, start);
}

/** Whether such a file is the template of one. */
export function isTemplateFile(path: string, shown: string): boolean {
  const start = startOf(path);
  return holdsObject(start) && isTemplate(path, shown, start);
}

/** A document of it at least is for an API server. */
function holdsObject(start: string): boolean {
  return start.split(separator).some((document) => isManifest(document) && !isOfProgram(document));
}

/** Of documents, with nothing else in its line. */
const separator = /^---[ \t\r]*(?:#[^\n]*)?$/m;

function isManifest(start: string): boolean {
  const { indent, first } = beginOf(start);
  if (first === "[" || first === "-") return false;
  if (first !== "{") return ownKey(indent).test(start);
  const keys = keysOfJson(start);
  return keys === undefined ? anyKey.test(start) : keys.includes("apiVersion") || keys.includes("kind");
}

/** What an object in JSON says itself, as far as it is there; undefined where it is YAML, or several. */
function keysOfJson(start: string): string[] | undefined {
  try {
    const value: unknown = JSON.parse(start);
    return typeof value === "object" && value !== null ? Object.keys(value) : [];
  } catch {
    return keysSoFar(start);
  }
}

/** The keys of an object in JSON that does not end; undefined where it ends, and where it is none. */
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
    // Of numbers, true, false and null.
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
 * Whether a document is of the settings of a program that look like a manifest, and no API server has a kind for it: a
 * cluster for kind or eksctl, an entry of Backstage's catalog, a kubeconfig.
 */
function isOfProgram(document: string): boolean {
  const [kind, version, metadata] = ["kind", "apiVersion", "metadata"].map((key) => textOf(document, key));
  // Templates of clusters of Omni: https://docs.siderolabs.com/omni/reference/cluster-templates
  if (version === undefined) return metadata === undefined;
  if (version === "v1")
    return kind === "Config" || (kind === undefined && textOf(document, "baseDomain") !== undefined);
  // The API group without a name has no other version: of Talos, and of the installer of OpenShift.
  if (!version.includes("/")) return metadata === undefined || kind === "AgentConfig";
  return programs.has(version.split("/")[0] ?? "");
}

/** The value of a key that a document sets itself, as it is written; in braces, that any of it sets. */
function textOf(document: string, key: string): string | undefined {
  const { indent, first } = beginOf(document);
  const before = first === "{" ? "(?:^|[\\s{,])" : `^${indent}`;
  return new RegExp(`${before}["']?${key}["']?\\s*:[ \\t]*["']?([^\\s"'#,}]*)`, "m").exec(document)?.[1];
}

/**
 * Groups of settings. https://skaffold.dev/docs/references/yaml/, https://kind.sigs.k8s.io/docs/user/configuration/,
 * https://backstage.io/docs/features/software-catalog/descriptor-format, https://kubernetes.io/docs/reference/config-api/,
 * https://tanka.dev/config/, https://sdk.operatorframework.io/docs/testing-operators/scorecard/,
 * https://docs.crossplane.io/latest/packages/configurations/
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
 * Whether a program fills it in first: its name says so, or a template language has statements in it, and it is no YAML for
 * that; one with statements in a text is. A value in braces without quotes does not tell: in an ApplicationSet, it is a slip.
 */
function isTemplate(path: string, shown: string, start: string): boolean {
  if (templateName.test(shown) || templatesOfRole.test(shown)) return true;
  if (!statement.test(start)) return false;
  const read = readText(path, path);
  return "text" in read && parseDocuments(read.text, path).problems.length > 0;
}

/** FreeMarker's, Jinja's and Go's, as they are usual. */
const templateName = /\.(?:ftl|j2|(?:go)?tmpl|tpl)\.\w+$/i;

/** https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_reuse_roles.html#role-directory-structure */
const templatesOfRole = /(?:^|\/)roles\/[^/]+\/templates\//;

/** At the beginning of a line, `{% if`, `{{- if` and `<#if`. */
const statement =
  /^[ \t]*(?:\{[%#]|\{\{[-~]?[ \t]*(?:(?:if|else|end|range|with|define|template|include|block)\b|[#/$])|<\/?#)/m;

/** So much of a file as shows what it is: all of it, where a long comment comes before everything else. */
function startOf(path: string): string {
  const start = readStart(path, enough);
  const isCut = start.length === enough && !plain(start).split(separator).some(isManifest);
  return plain(isCut ? readStart(path, maxFileSize) : start);
}

function plain(bytes: string): string {
  return bytes.replace(byteOrderMark, "").replaceAll("\0", "");
}

/** Of UTF-8 and UTF-16, byte by byte. */
const byteOrderMark = /^(?:\xEF\xBB\xBF|\xFF\xFE|\xFE\xFF)/;

/** Behind comments, empty lines and `---`: where a document's lines begin, and how it does: as a list, in braces. */
function beginOf(text: string): { readonly indent: string; readonly first: string } {
  let at = 0;
  for (let end = text.indexOf("\n"); end >= 0 && empty.test(text.slice(at, end)); end = text.indexOf("\n", at))
    at = end + 1;
  begin.lastIndex = at;
  const [, indent = "", first = ""] = begin.exec(text) ?? [];
  return { indent, first };
}

const empty = /^(?:[ \t\r]*(?:#.*)?|---.*)$/;
const begin = /([ \t]*)([[{]|-(?=\s))?/y;

/** In JSON the column says nothing. */
const anyKey = /(?:^|[\s{,])["']?(?:apiVersion|kind)["']?\s*:/m;

/** Not deeper than the document itself: what stands there belongs to something else. */
function ownKey(indent: string): RegExp {
  return new RegExp(`^${indent}(["']?)(?:apiVersion\\1\\s*:(?!\\s*\\d+\\s*(?:#.*)?$)|kind\\1\\s*:)`, "m");
}
