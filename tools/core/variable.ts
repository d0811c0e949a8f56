/** `${name}` with what may follow the name. https://pkg.go.dev/github.com/fluxcd/pkg/envsubst */
const variable = /\$\{([A-Za-z_]\w*)(?!\w)([^{}]*)\}/g;

/** Whether a text has a variable that Flux may put something in for. */
export function hasVariable(text: string): boolean {
  return text.search(variable) >= 0;
}

/** The names of the variables of a text. */
export function variablesIn(text: string): string[] {
  return [...text.matchAll(variable)].map(([, name = ""]) => name);
}

/**
 * A text with what a Kustomization itself says of its variables, and with their defaults; others stay as they are.
 * https://fluxcd.io/flux/components/kustomize/kustomizations/#post-build-variable-substitution
 */
export function substituted(text: string, values: Readonly<Record<string, unknown>>): string {
  return text.replaceAll(variable, (whole, name: string, rest: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (typeof value === "string" && (value !== "" || rest === "")) return value;
    return /^:?[=-]/.test(rest) ? rest.replace(/^:?[=-]/, "") : whole;
  });
}
