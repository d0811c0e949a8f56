import { stringify } from "yaml";

/** A file that a typed model stands for. */
export interface Model {
  /** Where it is written, relative to the repository's root. */
  readonly path: string;
  /** What the file is for, in one line: its first comment. */
  readonly purpose: string;
  /** The TypeScript file that a person edits instead. */
  readonly source: string;
  readonly resource: object;
}

/** A file as it is to be on disk. */
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
 * One resource as YAML, its keys in the order in which they were written, below `header`, each line of which becomes a
 * comment. A value that several models share is written out every time: anchors would be legal, and no one would expect
 * them.
 */
export function renderFile(header: readonly string[], resource: object): string {
  const comments = header.map((line) => `# ${line}\n`).join("");
  return comments + stringify(resource, { aliasDuplicateObjects: false, lineWidth: 0 });
}

function headerOf(model: Model): string[] {
  return [model.purpose, `Generated from ${model.source}: edit that, then run \`npm run generate\`.`];
}
