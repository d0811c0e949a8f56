/** The documents from a line on that one template made. */
export interface HelmTemplate {
  /** 1-based. */
  readonly line: number;
  /** Path in the chart; undefined for documents without the comment. */
  readonly path?: string | undefined;
}

/**
 * The templates that made the documents of a file, by line, according to the comments that `helm template` writes above them
 * (https://helm.sh/docs/helm/helm_template/).
 */
export function helmTemplates(text: string): HelmTemplate[] {
  if (!text.includes("\n# Source: ") && !text.startsWith("# Source: ")) return [];
  return text.split("\n").flatMap((content, index) => {
    const [mark, path] = /^(?:---|# Source: (\S.{0,300}?)\s*$)/.exec(content) ?? [];
    return mark === undefined ? [] : [{ line: index + 1, path }];
  });
}
