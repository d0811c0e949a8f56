/** An ASN.1 value in DER encoding (X.690). */
interface DerValue {
  readonly tag: number;
  /** The content, without tag and length. */
  readonly bytes: Uint8Array;
}

export const sequence = 0x30;
export const bitString = 0x03;
export const integer = 0x02;

/** The consecutive values in some bytes; undefined if the bytes are not DER. */
function derValues(bytes: Uint8Array): DerValue[] | undefined {
  const values: DerValue[] = [];
  for (let at = 0; at < bytes.length; ) {
    const header = headerAt(bytes, at);
    if (header === undefined) return undefined;
    const { start, length } = header;
    if (start + length > bytes.length) return undefined;
    values.push({ tag: bytes[at] ?? 0, bytes: bytes.subarray(start, start + length) });
    at = start + length;
  }
  return values;
}

function headerAt(bytes: Uint8Array, at: number): { start: number; length: number } | undefined {
  const first = bytes[at + 1];
  if (first === undefined || ((bytes[at] ?? 0) & 0x1f) === 0x1f) return undefined;
  if (first < 0x80) return { start: at + 2, length: first };
  const count = first & 0x7f;
  if (count === 0 || count > 4 || at + 2 + count > bytes.length) return undefined;
  let length = 0;
  for (let index = 0; index < count; index++) length = length * 256 + (bytes[at + 2 + index] ?? 0);
  // DER allows only the shortest form of a length.
  const isShortest = length >= 0x80 && bytes[at + 2] !== 0;
  return isShortest ? { start: at + 2 + count, length } : undefined;
}

/** The elements of the only value, if it is a sequence that starts with these tags (0: any); undefined otherwise. */
export function sequenceOf(bytes: Uint8Array, tags: readonly number[]): DerValue[] | undefined {
  const values = derValues(bytes);
  const [only] = values ?? [];
  if (only === undefined || values?.length !== 1 || only.tag !== sequence) return undefined;
  return elementsOf(only, tags);
}

/** The elements of a sequence, if it starts with these tags (0: any); undefined otherwise. */
export function elementsOf(value: DerValue, tags: readonly number[]): DerValue[] | undefined {
  const elements = derValues(value.bytes);
  if (elements === undefined || elements.length < tags.length) return undefined;
  return tags.every((tag, index) => tag === 0 || elements[index]?.tag === tag) ? elements : undefined;
}

/** Whether `bytes` contains the `wanted` bytes in a row. */
export function contains(bytes: Uint8Array, wanted: readonly number[]): boolean {
  for (let at = 0; at + wanted.length <= bytes.length; at++) {
    if (wanted.every((byte, index) => bytes[at + index] === byte)) return true;
  }
  return false;
}
