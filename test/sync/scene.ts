import type { Bed } from "../e2e/bed.ts";
import type { Controller } from "./controller.ts";
import type { Picture } from "./picture.ts";
import type { Repository } from "./repository.ts";

/** What the points of a controller work with. */
export interface Scene {
  readonly bed: Bed;
  readonly controller: Controller;
  readonly repository: Repository;
  /** The result of `gitops up overlays/dns`. */
  readonly reference: Picture;
  /** Makes the last commit available to the controller. */
  readonly publish: () => Promise<void>;
  readonly print: (text: string) => void;
}
