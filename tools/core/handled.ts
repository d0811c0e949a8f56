/** Work that is waited for later: whoever does hears that it failed, and until then nobody needs to. */
export function handled<T>(work: Promise<T>): Promise<T> {
  work.catch(() => {});
  return work;
}
