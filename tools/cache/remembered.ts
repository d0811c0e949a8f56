import type { Json } from "../core/json.ts";
import { observed } from "../system/observe.ts";
import type { Memo } from "./memo.ts";

/**
 * The result of `make`, from the cache if nothing that it reads has changed. It must be JSON, and depend only on what
 * `make` reads.
 *
 * @param isSound whether a result may be cached
 */
export async function remembered<T>(
  memo: Memo,
  key: string,
  make: () => Promise<T>,
  isSound: (made: T) => boolean = () => true,
): Promise<T> {
  const known = memo.get(key);
  if (known !== undefined) return known as T;
  if (!memo.remembers) return make();
  const recording = memo.recording();
  const made = await observed(recording, make);
  if (isSound(made)) memo.put(key, recording, made as Json);
  return made;
}
