import { deadPatch } from "./dead-patch.ts";
import { dependencyCycle } from "./dependency-cycle.ts";
import { deprecatedField } from "./deprecated-field.ts";
import { generatorEmpty } from "./generator-empty.ts";
import { hookOrder } from "./hook-order.ts";
import { neverInSync } from "./never-in-sync.ts";
import { overlayScope } from "./overlay-scope.ts";
import { ownedTwice } from "./owned-twice.ts";
import { patchMatchesAll } from "./patch-matches-all.ts";
import { rendererParity } from "./renderer-parity.ts";
import { selectorLabel } from "./selector-label.ts";
import { syncAnnotation } from "./sync-annotation.ts";
import { syncDestination } from "./sync-destination.ts";
import { syncPath } from "./sync-path.ts";
import { syncProject } from "./sync-project.ts";
import { syncPrune } from "./sync-prune.ts";
import { syncRevision } from "./sync-revision.ts";
import { unjudged } from "./unjudged.ts";
import { unsyncedOverlay } from "./unsynced-overlay.ts";
import { unusedFile } from "./unused-file.ts";
import { variableMissing } from "./variable-missing.ts";

/** Rules about kustomizations, and about how Argo CD and Flux sync them. */
export const gitops = [
  deprecatedField,
  unusedFile,
  deadPatch,
  patchMatchesAll,
  selectorLabel,
  syncPath,
  syncRevision,
  syncPrune,
  syncAnnotation,
  variableMissing,
  syncProject,
  syncDestination,
  generatorEmpty,
  dependencyCycle,
  unsyncedOverlay,
  hookOrder,
  unjudged,
  overlayScope,
  ownedTwice,
  neverInSync,
  rendererParity,
];
