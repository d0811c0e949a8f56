import { type Additions, withoutAffixes } from "../../core/additions.ts";

/** The parts of a finding that are the same in all renderings of a target. */
interface Place {
  readonly rule: string;
  /** See {@link resourceId}. */
  readonly resource?: string | undefined;
  readonly pointer?: string | undefined;
  readonly message: string;
}

/** A key for what is found, whatever the namespace of the resource, and whatever a controller adds to its name. */
export function likenessOf({ rule, resource, pointer = "", message }: Place, additions?: Additions): string {
  if (resource === undefined) return JSON.stringify([rule, message]);
  const parts = resource.split("/");
  const kind = parts.findIndex((part) => /^[A-Z]/.test(part));
  const name = withoutAffixes(parts.at(-1) ?? "", additions?.kustomization);
  return JSON.stringify([rule, ...parts.slice(0, kind + 1), name, pointer]);
}
