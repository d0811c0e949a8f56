import { stringify } from "yaml";

/** A typed model of a file. */
export interface Model {
  /** Path of the file, relative to the repository's root. */
  readonly path: string;
  /** The purpose of the file, in one line: its first comment. */
  readonly purpose: string;
  /** The TypeScript file that a person edits instead. */
  readonly source: string;
  readonly resource: object;
}

/** A file as it should be on disk. */
export interface GeneratedFile {
  /** Relative to the repository's root. */
  readonly path: string;
  readonly content: string;
}

/** The files of all models, in their order. Pure: the `generate` command does the writing and the comparing. */
export function generate(models: readonly Model[]): GeneratedFile[] {
  return models.map((model) => ({ path: model.path, content: renderFile(headerOf(model), model.resource) }));
}

/**
 * One resource as YAML, with its keys in their original order, below the lines of `header` as comments. Shared values are
 * written out every time: anchors would be legal, but unexpected.
 */
export function renderFile(header: readonly string[], resource: object): string {
  const comments = header.map((line) => `# ${line}\n`).join("");
  return comments + stringify(resource, { aliasDuplicateObjects: false, lineWidth: 0 });
}

function headerOf(model: Model): string[] {
  return [model.purpose, `Generated from ${model.source}: edit that, then run \`npm run generate\`.`];
}
