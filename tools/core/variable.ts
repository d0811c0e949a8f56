import { substitute } from "./envsubst.ts";
import { type JsonObject, objectAt } from "./json.ts";

/** The label or annotation that makes Flux leave the variables of a resource as they are, if it is `disabled`. */
export const switchOff = "kustomize.toolkit.fluxcd.io/substitute";

/** Whether Flux leaves the variables of a resource as they are. */
export function isLeft(object: JsonObject): boolean {
  const metadata = objectAt(object, "metadata");
  return ["labels", "annotations"].some((field) => objectAt(metadata, field)?.[switchOff] === "disabled");
}

/** `${name}` with an optional operator after the name. https://pkg.go.dev/github.com/fluxcd/pkg/envsubst */
const variable = /\$\{([A-Za-z_]\w*)(?!\w)([^{}]*)\}/g;

/** Whether a text has a variable that Flux may substitute. */
export function hasVariable(text: string): boolean {
  return text.search(variable) >= 0;
}

/** The names of the variables in a text. */
export function variablesIn(text: string): string[] {
  return [...text.matchAll(variable)].map(([, name = ""]) => name);
}

/** What may follow the name of a variable that needs a value; a default follows `:-`, `:=` or `=`. */
const needy = /^(?:$|[,^#%/]|:(?![-=?+]))/;

/** The names of the variables in a text that need a value, and are not escaped with a second `$`. */
export function neededVariablesIn(text: string): string[] {
  return [...text.matchAll(variable)].flatMap(({ 1: name = "", 2: rest = "", index }) =>
    needy.test(rest) && text[index - 1] !== "$" ? [name] : [],
  );
}

/**
 * Replaces variables in a text by the values from a Kustomization, or by their defaults; other variables stay.
 * https://fluxcd.io/flux/components/kustomize/kustomizations/#post-build-variable-substitution
 */
export function substituted(text: string, values: Readonly<Record<string, unknown>>): string {
  if (!text.includes("${")) return text;
  const made = substitute(text, (name) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    return typeof value === "string" ? value : undefined;
  });
  return "text" in made ? made.text : text;
}
