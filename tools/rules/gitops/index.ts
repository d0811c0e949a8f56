import { deprecatedField } from "./deprecated-field.ts";
import { patchMatchesAll } from "./patch-matches-all.ts";
import { selectorLabel } from "./selector-label.ts";
import { unusedFile } from "./unused-file.ts";

/** Kustomizations, and what Argo CD and Flux make of them. */
export const gitops = [deprecatedField, unusedFile, patchMatchesAll, selectorLabel];
