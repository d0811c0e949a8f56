import type { Bed } from "../e2e/bed.ts";
import type { Controller } from "./controller.ts";
import type { Picture } from "./picture.ts";
import type { Repository } from "./repository.ts";

/** What one controller is proven with. */
export interface Scene {
  readonly bed: Bed;
  readonly controller: Controller;
  readonly repository: Repository;
  /** What `gitops up` makes of overlays/dns. */
  readonly reference: Picture;
  /** Makes the last commit be found where the controller looks. */
  readonly publish: () => Promise<void>;
  readonly print: (text: string) => void;
}
