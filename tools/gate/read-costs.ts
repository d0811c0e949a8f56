import { readText } from "../config/files.ts";
import { parseSettings } from "../config/settings.ts";
import { UserError } from "../core/errors.ts";
import { isObject } from "../core/json.ts";
import type { Costs } from "./shard.ts";

/** @throws UserError when the file is none of `gitops report merge --costs`. */
export function readCosts(path: string): Costs {
  const value = parseSettings(readText(path), path);
  const isCost = (cost: unknown) => typeof cost === "number" && cost >= 0;
  if (isObject(value) && Object.values(value).every(isCost)) return value as Costs;
  throw new UserError(
    `${path} does not hold milliseconds by the paths of targets: gitops report merge --costs writes it`,
  );
}
