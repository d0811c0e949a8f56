import { readText } from "../../config/files.ts";
import { parseSettings } from "../../config/settings.ts";
import { UserError } from "../../core/errors.ts";
import { isObject } from "../../core/json.ts";
import type { Costs } from "./distribute.ts";

/** Reads the costs of targets. @throws UserError unless the file has the format of `gitops report merge --costs`. */
export function readCosts(path: string): Costs {
  const value = parseSettings(readText(path), path);
  const isCost = (cost: unknown) => typeof cost === "number" && cost >= 0;
  if (isObject(value) && Object.values(value).every(isCost)) return value as Costs;
  throw new UserError(
    `${path} is not a map from target paths to milliseconds: create it with gitops report merge --costs`,
  );
}
