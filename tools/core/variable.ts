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

/** The names of the variables in a text that have no operator, such as a default, and are not escaped with a second `$`. */
export function plainVariablesIn(text: string): string[] {
  return [...text.matchAll(variable)].flatMap(({ 1: name = "", 2: rest, index }) =>
    rest === "" && text[index - 1] !== "$" ? [name] : [],
  );
}

/**
 * Replaces variables in a text by the values from a Kustomization, or by their defaults; other variables stay.
 * https://fluxcd.io/flux/components/kustomize/kustomizations/#post-build-variable-substitution
 */
export function substituted(text: string, values: Readonly<Record<string, unknown>>): string {
  return text.replaceAll(variable, (whole, name: string, rest: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (typeof value === "string" && (value !== "" || rest === "")) return value;
    return /^:?[=-]/.test(rest) ? rest.replace(/^:?[=-]/, "") : whole;
  });
}
