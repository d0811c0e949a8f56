import type { Json } from "../core/json.ts";
import { observed } from "../system/observe.ts";
import type { Memo } from "./memo.ts";

/**
 * What `make` gives, or gave when all that it reads was as it is now. It must be JSON, and depend on what it reads alone.
 *
 * @param isSound whether what was made may be remembered
 */
export async function rememberedLater<T>(
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
