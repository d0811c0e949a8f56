/** kustomize's message without its wrapping layers. */
export interface KustomizeError {
  readonly message: string;
  /** The folders that the message names, as kustomize printed them, the innermost last. */
  readonly folders: readonly string[];
}

const maxMessage = 2000;

/**
 * The error message of kustomize or kubectl, without log prefix, warnings, and the layers of
 * `accumulating resources: accumulation err=…` that repeat it.
 */
export function parseKustomizeError(stderr: string): KustomizeError {
  const folders: string[] = [];
  let text = withoutLog(stderr).replace(/^(?:Error|error): /, "");
  for (let before = ""; before !== text; ) {
    before = text;
    for (const layer of layers) {
      const found = layer.exec(text);
      if (found?.groups?.folder) folders.push(found.groups.folder);
      if (found) text = found.groups?.inner ?? text.slice(found[0].length);
    }
    text = unquoted(text);
  }
  return { message: plainIds(shortened(redacted(text).trim())), folders };
}

/**
 * Each matches a layer: `inner` is the text that stays, else the text after the match; `folder` is the folder it names.
 */
const layers: readonly RegExp[] = [
  /^accumulat\w+ (?:resources|bases): accumulation err='accumulating resources from '[\s\S]*?': '(?<folder>[^']*)' must resolve to a file': /,
  /^recursed (?:accumulation|merging) (?:of|from) path '(?<folder>[^']*)': /,
  /^couldn't make target for path '(?<folder>[^']*)': /,
  /^accumulat\w+ resources: accumulation err='(?<inner>[\s\S]*)': (?:must build at directory: '[^']*': file is not directory|'[^']*' must be a directory so that it can used as a build root)$/,
  /^accumulating resources: (?=accumulating resources from|merging resources from)/,
  /^accumulating components: accumulateDirectory: (?=")/,
  /^invalid Kustomization: /,
  /^map\[string\]interface \{\}\(nil\): /,
];

/** The text without Go's quotes (`"…\"…"`), if it is quoted as a whole. */
function unquoted(text: string): string {
  if (!/^"(?:[^"\\]|\\.)*"$/s.test(text)) return text;
  try {
    return String(JSON.parse(text.replaceAll("\n", "\\n")));
  } catch {
    return text.slice(1, -1);
  }
}

/** kubectl logs its error: `E1124 00:06:46.111424 9278 run.go:72] "command failed" err="…"`, or on separate lines. */
function withoutLog(stderr: string): string {
  const lines = stderr.split(/\r?\n/).filter((line) => line.trim() !== "" && !line.startsWith("# Warning: "));
  const text = lines.join("\n");
  const prefix = /^[EF]\d{4} \S+ +\d+ \S+\] "command failed" err=/m.exec(text);
  const logged = prefix && /^(?:<\n([\s\S]*)\n >|("[\s\S]*"))$/.exec(text.slice(prefix.index + prefix[0].length));
  if (!logged) return text;
  return logged[1] === undefined ? unquoted(logged[2] ?? "") : logged[1].replace(/^\t/gm, "");
}

/** `Deployment.v1.apps/web.[noNs]` → `apps/v1 Deployment web`. */
function plainIds(text: string): string {
  const id = /\b([A-Z]\w*)\.(v\w+|\[noVer\])\.(\[noGrp\]|[\w.-]+)\/([\w.${}-]+?)\.(\[noNs\]|[\w-]+)(?=[\s"';,:\]]|$)/g;
  return text.replace(id, (_, kind, version, group, name, namespace) => {
    const api = [group, version].filter((part) => !part.startsWith("[")).join("/");
    return [api, kind, namespace.startsWith("[") ? name : `${namespace}/${name}`].filter(Boolean).join(" ");
  });
}

/**
 * The text without the objects, patches and literals that kustomize quotes in full: they may be those of a Secret. If
 * the text is cut off inside such a quote, everything from there on is removed.
 */
function redacted(text: string): string {
  return text
    .replace(/map\[string\]interface \{\}\{(?:[\s\S]*\}: (?=yaml:|json:)|[\s\S]*)/, (all) =>
      all.endsWith("}: ") ? "" : "…",
    )
    .replace(/(unable to parse SM or JSON patch) from \[(?:[\s\S]*\]|[\s\S]*)/, "$1")
    .replace(/^( *patch: ).*(?:\n(?! *\w+:|`).*)*/m, "$1…")
    .replace(/(literal sources )\[(?:[\s\S]*\](?=:)|[\s\S]*)/, "$1[…]")
    .replace(/(invalid literal source )(?:[\s\S]*(?=, expected)|[\s\S]*)/, "$1…");
}

function shortened(text: string): string {
  return text.length > maxMessage ? `… ${text.slice(-maxMessage)}` : text;
}
